import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  HttpStatus,
  Logger,
} from '@nestjs/common';
import type { Response } from 'express';
import { errorText } from '../../errors.js';
import { DELIVERY_ID, REQUEST_ID } from '../../http/answers/api-headers.js';
import type { PushRequest } from './push.guard.js';

/** These are not logged here. `FailedLogins`, which counts them, logs once a minute for each address. */
const TOO_MANY: number = HttpStatus.TOO_MANY_REQUESTS;

const TOO_SLOW: number = HttpStatus.REQUEST_TIMEOUT;

/** Answers all errors of a push in the vendor's form. */
@Catch()
export class PushErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Push');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { pushSource: source } = http.getRequest<PushRequest>();
    const response = http.getResponse<Response>();
    const failure = asPushError(error);
    const status = failure.getStatus();
    const entry = {
      outcome: 'refused',
      status,
      reason: failure.reason,
      source,
      deliveryId: response.getHeader(DELIVERY_ID),
      requestId: response.getHeader(REQUEST_ID),
    };
    if (status >= 500) {
      this.logger.error({
        ...entry,
        ...(failure.cause !== undefined && { cause: errorText(failure.cause) }),
      });
    } else if (status !== TOO_MANY) this.logger.warn(entry);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (status === TOO_SLOW) {
      // The server itself sends the same headers when a request does not arrive in time.
      response.setHeader('Connection', 'close');
      response.setHeader('Cache-Control', 'no-store');
    }
    if (failure.retryAfter !== undefined) response.setHeader('Retry-After', failure.retryAfter);
    response.status(status).json(failure.getResponse());
  }
}

function asPushError(error: unknown): PushError {
  if (error instanceof PushError) return error;
  if (error instanceof HttpException)
    return new PushError(error.getStatus(), error.message, undefined, { cause: error });
  return new PushError(500, 'The push could not be taken', undefined, { cause: error });
}

/**
 * A push that is not acknowledged. The answer has the vendor's form `{"code": status, "msg": …}`. The message never
 * contains a token or a part of the body.
 */
export class PushError extends HttpException {
  /** @param retryAfter seconds, for the Retry-After header */
  constructor(
    status: number,
    readonly reason: string,
    readonly retryAfter?: number,
    options?: { cause: unknown },
  ) {
    super({ code: status, msg: reason }, status, options);
    // Nest takes the message from the field `message` of the answer, but the vendor's form has no such field.
    this.message = reason;
  }
}
