import { BadRequestException, HttpException } from '@nestjs/common';
import type { ProblemDetail } from './problem.dto.js';

/** An error whose answer has additional headers. */
export class RefusalWithHeaders extends HttpException {
  constructor(
    status: number,
    message: string,
    readonly headers: Readonly<Record<string, string | number>>,
  ) {
    super(message, status);
  }
}

/** @param retryAfter seconds after which the client may ask again */
export function tooManyRequests(message: string, retryAfter: number): RefusalWithHeaders {
  return new RefusalWithHeaders(429, message, { 'Retry-After': retryAfter });
}

/** Status 400. It names each wrong parameter and says what is wrong with it. */
export class InvalidParametersException extends BadRequestException {
  constructor(readonly errors: readonly ProblemDetail[]) {
    super(`The request has ${errors.length} invalid parameter${errors.length === 1 ? '' : 's'}`);
  }
}
