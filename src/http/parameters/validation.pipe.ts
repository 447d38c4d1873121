import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { InvalidParametersException } from '../problems/refusals.js';
import { isDecodable, NOT_DECODABLE } from '../paths.js';
import type { ProblemDetail } from '../problems/problem.dto.js';
import { parse, type ParsedUrlQuery, unescape } from 'node:querystring';

/** For routes that take no query parameters: `@Query() _none: NoParameters`. */
export class NoParameters {}

/**
 * Checks queries and bodies against their DTOs. A parameter that the DTO does not have is an error.
 *
 * @throws InvalidParametersException with all problems together
 */
@Injectable()
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      exceptionFactory: (errors) => new InvalidParametersException(errors.flatMap(firstProblem)),
    });
  }

  override async transform(given: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'param' || metadata.type === 'custom' || metadata.metatype === undefined)
      return super.transform(given, metadata);
    const wrong = [
      ...undecodable(given),
      ...unknownParameters(given, metadata.metatype),
      ...inheritedFields(given),
    ];
    const value = metadata.type === 'body' ? bodyFields(given) : given;
    // class-validator's own whitelist accepts names that every object has, such as `constructor`.
    if (wrong.length > 0) {
      const others = (await this.problems(value, metadata)).filter(
        ({ path }) => !wrong.some((problem) => problem.path === path),
      );
      throw new InvalidParametersException([...wrong, ...others]);
    }
    return metadata.metatype === NoParameters ? new NoParameters() : super.transform(value, metadata);
  }

  /** The problems that class-validator finds. They are reported together with the unknown parameters. */
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

function undecodable(given: unknown): ProblemDetail[] {
  return Object.entries(isObject(given) ? given : {})
    .filter(([, value]) => value === UNDECODABLE)
    .map(([path]) => ({ path, message: NOT_DECODABLE }));
}

/** The class of a query or a body. */
type Dto = NonNullable<ArgumentMetadata['metatype']>;

/** The names of a class's parameters. To look for them takes as long as to validate a query. */
const parameterNames = new Map<Dto, ReadonlySet<string>>();

function parametersOf(dto: Dto): ReadonlySet<string> {
  const known = parameterNames.get(dto);
  if (known !== undefined) return known;
  const metadatas = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const names = new Set(metadatas.map((metadata) => metadata.propertyName));
  parameterNames.set(dto, names);
  return names;
}

function unknownParameters(given: unknown, dto: Dto): ProblemDetail[] {
  const known = parametersOf(dto);
  return Object.entries(isObject(given) ? given : {})
    .filter(([name, value]) => !known.has(name) && value !== UNDECODABLE)
    .map(([path]) => ({ path, message: 'is not a parameter of this request' }));
}

/** class-transformer silently leaves out fields of nested objects whose names every object has, such as `toString`. */
function inheritedFields(given: unknown): ProblemDetail[] {
  return Object.entries(isObject(given) ? given : {}).flatMap(([path, value]: [string, unknown]) => {
    const name = Object.keys(isObject(value) ? value : {}).find((key) => key in Object.prototype);
    return name === undefined ? [] : [{ path, message: `must not have the field ${name}` }];
  });
}

/** Removes fields that are null: null counts as missing. */
function bodyFields(body: unknown): object {
  if (!isObject(body))
    throw new InvalidParametersException([{ path: '', message: 'the body must be a JSON object' }]);
  return Object.fromEntries(Object.entries(body).filter(([, field]) => field !== null));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Returns the first problem of a parameter. One is enough, because the rules of one parameter mostly fail together.
 */
function firstProblem(error: ValidationError): ProblemDetail[] {
  const [message] = Object.values(error.constraints ?? {});
  return message === undefined ? [] : [{ path: error.property, message }];
}

/** Replaces a percent-encoded value that is not UTF-8. Node's parser would put U+FFFD into it instead. */
const UNDECODABLE = Symbol('undecodable');

export type Query = Record<string, ParsedUrlQuery[string] | typeof UNDECODABLE>;

/** A parser for Express's setting `query parser`. */
export function parseQuery(text: string | undefined): Query {
  const query: Query = parse(text ?? '');
  for (const name of undecodableNames(text ?? '')) query[name] = UNDECODABLE;
  return query;
}

function undecodableNames(text: string): string[] {
  if (!text.includes('%')) return [];
  return text
    .split('&')
    .filter((part) => !isDecodable(part))
    .map((part) => unescape((part.split('=', 1)[0] ?? '').replaceAll('+', ' ')));
}
