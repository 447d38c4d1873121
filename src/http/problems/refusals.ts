import { BadRequestException, HttpException } from '@nestjs/common';
import type { ProblemDetail } from './problem.dto.js';

/** A problem whose answer has headers of its own. */
export class RefusalWithHeaders extends HttpException {
  constructor(
    status: number,
    message: string,
    readonly headers: Readonly<Record<string, string | number>>,
  ) {
    super(message, status);
  }
}

/** @param retryAfter seconds after which to ask again */
export function tooManyRequests(message: string, retryAfter: number): RefusalWithHeaders {
  return new RefusalWithHeaders(429, message, { 'Retry-After': retryAfter });
}

/** 400 that names each wrong parameter and why. */
export class InvalidParametersException extends BadRequestException {
  constructor(readonly errors: readonly ProblemDetail[]) {
    super(`The request has ${errors.length} invalid parameter${errors.length === 1 ? '' : 's'}`);
  }
}
