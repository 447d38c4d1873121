import { HttpException } from '@nestjs/common';

/**
 * A push that is not acknowledged, answered in the vendor's own form `{"code": status, "msg": …}`. The message
 * never holds a token or anything of the body.
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
    // Nest takes the message from a field `message` of the answer, which this form has not.
    this.message = reason;
  }
}
