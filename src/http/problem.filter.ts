// Whatever is thrown in, an answer as RFC 9457 describes it out.
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { STATUS_CODES } from 'node:http';
import { DatabaseUnavailableError } from '../persistence/database.js';
import { InvalidParametersException } from './invalid-parameters.js';
import type { Problem } from './problem.dto.js';

const RETRY_AFTER_S = 5;

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const problem = problemOf(error);
    if (problem.status >= 500) {
      const request = http.getRequest<Request>();
      this.logger.error(
        { status: problem.status, method: request.method, route: routeOf(request) },
        error instanceof Error ? error.stack : String(error),
      );
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (problem.status === 503) response.setHeader('Retry-After', RETRY_AFTER_S);
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof DatabaseUnavailableError) return problem(503, 'The database is not available', []);
  if (error instanceof InvalidParametersException) return problem(400, error.message, error.errors);
  if (error instanceof HttpException) return problem(error.getStatus(), error.message, []);
  const status = clientStatus(error);
  if (status !== undefined) return problem(status, 'The request could not be understood', []);
  return problem(500, 'Something went wrong here; it is in the log', []);
}

/** The pattern of the route that was taken, as `/v1/calls/:callId`. */
function routeOf(request: Request): string | null {
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return null;
  return typeof route.path === 'string' ? route.path : null;
}

/** Express and its parsers throw errors of the client's making with a 4xx `status`. */
function clientStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function problem(
  status: number,
  detail: string,
  errors: Problem['errors'] | readonly Problem['errors'][number][],
): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, errors: [...errors] };
}
