// Turns thrown errors into answers as RFC 9457 describes them. (Under /push: in the vendor's form.)
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
    // The route is logged, not the URL, because a path or a query may contain a token or a number.
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
    // The page itself was not sent, so the link to the next page must not be sent either.
    response.removeHeader('Link');
    if (error instanceof RefusalWithHeaders)
      for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
    if (problem.status === 503) response.setHeader('Retry-After', RETRY_AFTER_S);
    response.status(problem.status);
    if (/^\/push\b/i.test(request.path)) response.json({ code: problem.status, msg: problem.detail });
    else response.type('application/problem+json').send(JSON.stringify(problem satisfies Problem));
  }

  /** A deliberate refusal is no defect, and its reason is enough. All other errors are logged with their stack. */
  private log(error: unknown, entry: object): void {
    if (error instanceof HttpException || error instanceof DatabaseUnavailableError)
      this.logger.warn({ ...entry, reason: errorText(error) });
    else this.logger.error(entry, errorStack(error));
  }
}

/**
 * The error for a request that no route has taken.
 *
 * @param methods the methods that its path has
 */
function unrouted(error: unknown, request: Request, methods: string | undefined): unknown {
  if (methods !== undefined)
    return new MethodNotAllowedException(`There is no ${request.method} at this path, only ${methods}`);
  if (error instanceof InvalidParametersException || statusOf(error) !== 400) return error;
  const undecodable = undecodableParameters(request);
  return undecodable.length === 0 ? error : new InvalidParametersException(undecodable);
}

/**
 * @param routed whether a route was found. Without one, Nest's message is not used: it quotes the path, which may
 *   contain a token.
 */
function problemOf(error: unknown, routed: boolean): Omit<Problem, 'requestId'> {
  if (error instanceof DatabaseUnavailableError) return problem(503, unavailability(error));
  if (error instanceof InvalidParametersException) return problem(400, error.message, error.errors);
  const status = statusOf(error);
  if (status === 404 && !routed) return problem(404, 'There is nothing at this path');
  if (status === 400) return problem(400, 'The request could not be understood');
  if (error instanceof HttpException) return problem(error.getStatus(), error.message);
  if (status !== undefined) return problem(status, 'The request could not be understood');
  return problem(500, 'An internal error occurred. The log has the details under the request id');
}

/** The status of Nest's exceptions, and of the client errors (4xx) that Express and its parsers throw. */
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

/** The body of an error's answer, without the request's id. */
export function problem(
  status: number,
  detail: string,
  errors: readonly ProblemDetail[] = [],
): Omit<Problem, 'requestId'> {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, errors: [...errors] };
}
