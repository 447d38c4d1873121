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
import { PushError } from './push-error.js';

/** Logged once a minute for an address, where it is counted: each of them would be the noise that it is to keep out. */
const TOO_MANY: number = HttpStatus.TOO_MANY_REQUESTS;

/** Answers whatever fails on the way of a push in the form the vendor knows. */
@Catch()
export class PushErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Push');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const failure = asPushError(error);
    const status = failure.getStatus();
    const entry = { outcome: 'refused', status, deliveryId: deliveryIdOf(response), reason: failure.reason };
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

function deliveryIdOf(response: Response): string | undefined {
  const id = response.getHeader('X-Delivery-Id');
  return typeof id === 'string' ? id : undefined;
}
