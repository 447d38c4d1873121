import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { InvalidParametersException } from './invalid-parameters.js';
import type { ProblemDetail } from './problem.dto.js';

/** For routes that take no query parameters: `@Query() _none: NoParameters`. */
export class NoParameters {}

/** Checks requests against their DTOs; a parameter that none of them names is an error. */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      exceptionFactory: (errors) => new InvalidParametersException(errors.flatMap(firstProblem)),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'query' || metadata.metatype === undefined) return super.transform(value, metadata);
    const unknown = unknownParameters(value, metadata.metatype);
    // class-validator's own whitelist overlooks names that every object has, as `constructor`.
    if (unknown.length > 0)
      throw new InvalidParametersException([...unknown, ...(await this.problems(value, metadata))]);
    return metadata.metatype === NoParameters ? new NoParameters() : super.transform(value, metadata);
  }

  /** What else is wrong: all problems are named together. */
  private async problems(value: unknown, metadata: ArgumentMetadata): Promise<readonly ProblemDetail[]> {
    if (metadata.metatype === NoParameters) return [];
    try {
      await super.transform(value, metadata);
      return [];
    } catch (error) {
      if (error instanceof InvalidParametersException) return error.errors;
      throw error;
    }
  }
}

function unknownParameters(query: unknown, dto: NonNullable<ArgumentMetadata['metatype']>): ProblemDetail[] {
  const metadatas = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const known = new Set(metadatas.map((metadata) => metadata.propertyName));
  const names = typeof query === 'object' && query !== null ? Object.keys(query) : [];
  return names
    .filter((name) => !known.has(name))
    .map((path) => ({ path, message: 'is not a parameter of this request' }));
}

/** One problem a parameter is enough: the rules of one parameter mostly fail together. */
function firstProblem(error: ValidationError): ProblemDetail[] {
  const [message] = Object.values(error.constraints ?? {});
  return message === undefined ? [] : [{ path: error.property, message }];
}
