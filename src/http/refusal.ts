import { HttpException } from '@nestjs/common';

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
