import { BadRequestException } from '@nestjs/common';
import type { ProblemDetail } from './problem.dto.js';

/** 400 that names each wrong parameter and why. */
export class InvalidParametersException extends BadRequestException {
  constructor(readonly errors: readonly ProblemDetail[]) {
    super(`The request has ${errors.length} invalid parameter${errors.length === 1 ? '' : 's'}`);
  }
}
