// Whatever is thrown in, an answer as RFC 9457 describes it out. (Under /push: in the vendor's form.)
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
  MethodNotAllowedException,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { STATUS_CODES } from 'node:http';
import { errorStack, errorText } from '../../errors.js';
import {
  DatabaseUnavailableError,
  QUERY_CANCELED,
  sqlState,
} from '../../persistence/connections/unavailable.js';
import { REQUEST_ID } from '../answers/api-headers.js';
import { InvalidParametersException, RefusalWithHeaders } from './refusals.js';
import { allowedMethods, isRouted, routeOf, undecodableParameters } from '../paths.js';
import type { Problem, ProblemDetail } from './problem.dto.js';

const RETRY_AFTER_S = 5;

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const routed = isRouted(request);
    const methods = !routed && statusOf(error) === 404 ? allowedMethods(request) : undefined;
    if (methods !== undefined) response.setHeader('Allow', methods);
    if (methods !== undefined && request.method === 'OPTIONS') response.status(204).end();
    else this.refuse(routed ? error : unrouted(error, request, methods), request, response);
  }

  private refuse(error: unknown, request: Request, response: Response): void {
    const requestId = String(response.getHeader(REQUEST_ID));
    const problem = { ...problemOf(error, isRouted(request)), requestId };
    // The route, not the URL: a path or a query may hold a token or a number.
    if (problem.status >= 500)
      this.log(error, {
        outcome: 'failed',
        status: problem.status,
        method: request.method,
        route: routeOf(request),
        requestId,
      });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // What was read was not shown in the end: its next page is not told of either.
    response.removeHeader('Link');
    if (error instanceof RefusalWithHeaders)
      for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
    if (problem.status === 503) response.setHeader('Retry-After', RETRY_AFTER_S);
    response.status(problem.status);
    if (/^\/push\b/i.test(request.path)) response.json({ code: problem.status, msg: problem.detail });
    else response.type('application/problem+json').send(JSON.stringify(problem satisfies Problem));
  }

  /** What we refuse on purpose is no defect: the reason says all of it. Of anything else the stack is needed. */
  private log(error: unknown, entry: object): void {
    if (error instanceof HttpException || error instanceof DatabaseUnavailableError)
      this.logger.warn({ ...entry, reason: errorText(error) });
    else this.logger.error(entry, errorStack(error));
  }
}

/**
 * What is wrong with a request that no route has taken.
 *
 * @param methods that there are at its path
 */
function unrouted(error: unknown, request: Request, methods: string | undefined): unknown {
  if (methods !== undefined)
    return new MethodNotAllowedException(`There is no ${request.method} at this path, only ${methods}`);
  if (error instanceof InvalidParametersException || statusOf(error) !== 400) return error;
  const undecodable = undecodableParameters(request);
  return undecodable.length === 0 ? error : new InvalidParametersException(undecodable);
}

/** @param routed whether a route was found: without one, Nest's own message quotes the path, which may hold a token */
function problemOf(error: unknown, routed: boolean): Omit<Problem, 'requestId'> {
  if (error instanceof DatabaseUnavailableError) return problem(503, unavailability(error));
  if (error instanceof InvalidParametersException) return problem(400, error.message, error.errors);
  const status = statusOf(error);
  if (status === 404 && !routed) return problem(404, 'There is nothing at this path');
  if (status === 400) return problem(400, 'The request could not be understood');
  if (error instanceof HttpException) return problem(error.getStatus(), error.message);
  if (status !== undefined) return problem(status, 'The request could not be understood');
  return problem(500, 'Something went wrong here; it is in the log');
}

/** Of Nest's exceptions, and of the errors of the client's making that Express and its parsers throw. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

function unavailability({ cause }: DatabaseUnavailableError): string {
  return sqlState(cause) === QUERY_CANCELED
    ? 'The answer takes too long: ask for less, a shorter time or more conditions'
    : 'The database is not available';
}

/** An error's own part of its answer. */
export function problem(
  status: number,
  detail: string,
  errors: readonly ProblemDetail[] = [],
): Omit<Problem, 'requestId'> {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, errors: [...errors] };
}
