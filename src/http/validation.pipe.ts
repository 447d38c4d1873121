import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { InvalidParametersException } from './invalid-parameters.js';
import type { ProblemDetail } from './problem.dto.js';

/** Checks requests against their DTOs; a parameter that none of them names is an error. */
export function requestValidation(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors) =>
      new InvalidParametersException(errors.flatMap((error) => details(error, ''))),
  });
}

function details(error: ValidationError, parent: string): ProblemDetail[] {
  const path = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    path,
    message: rule === 'whitelistValidation' ? 'is not a parameter of this request' : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => details(child, path))];
}
