import { HttpException, HttpStatus } from '@nestjs/common';

/** 429 with Retry-After. */
export class TooManyRequestsException extends HttpException {
  /** @param retryAfter seconds */
  constructor(
    message: string,
    readonly retryAfter: number,
  ) {
    super(message, HttpStatus.TOO_MANY_REQUESTS);
  }
}
