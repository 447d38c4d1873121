// Rules for values of requests. Each rule has the check and its description for the API.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { isTimeZone, TIME_ZONE_FORM, TIME_ZONE_RULE } from '../../time/time-zone.js';
import { INSTANT_FORM, isInstantText } from './instant-text.js';

export interface ValueRule {
  /** Keywords of a JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** @returns what is wrong with the value; undefined when it is valid */
  readonly problem: (value: unknown) => string | undefined;
}

export interface TextForm {
  /** In characters, which are code points, as in JSON Schema. */
  readonly minLength?: number;
  readonly maxLength: number;
  /**
   * A regular expression for the flag `u`, without JavaScript-only syntax, because clients of any language may use
   * it.
   */
  readonly pattern?: string;
  readonly format?: string;
  /** A check that no pattern can express. The description has to say it in words. */
  readonly isOne?: (text: string) => boolean;
  /** The error for a text that does not match the pattern, or that {@link isOne} refuses. */
  readonly expected?: string;
  /** The error for a value that is not text. */
  readonly type?: string;
}

/** What OpenAPI says about a property in addition to its rule. */
export interface Description {
  readonly description: string;
  readonly example?: unknown;
}

const LONGEST_TEXT = 600;
const LONGEST_CURSOR = 16_384;
/** For names of the form `Area/Location/Location`. */
const LONGEST_ZONE = 64;
/** With nine decimal digits of the second and an offset. */
const LONGEST_INSTANT = 35;

/** Further keywords of OpenAPI for a property. */
export interface Options extends Description {
  readonly required?: boolean;
  readonly default?: unknown;
  /** The form of a list in a query. */
  readonly style?: string;
  readonly explode?: boolean;
}

/** Describes a field and checks it by its rule. */
export function Field(rule: ValueRule, options: Options): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ ...rule.schema, ...options }),
    ValidateBy({
      name: 'isRuled',
      validator: {
        validate: (value: unknown) => rule.problem(value) === undefined,
        defaultMessage: (args) => rule.problem(args?.value) ?? '',
      },
    }),
  );
}

/** A field that may be missing. In bodies, null counts as missing; `src/openapi` describes that. */
export function OptionalField(rule: ValueRule, options: Options): PropertyDecorator {
  return applyDecorators(Field(rule, { required: false, ...options }), IsOptional());
}

export function text({
  minLength = 0,
  maxLength,
  // PostgreSQL's type text does not allow NUL.
  pattern = '^[^\\x00]*$',
  format,
  isOne = () => true,
  expected = 'must not contain a NUL character',
  type = 'must be text',
}: TextForm): ValueRule {
  const shape = new RegExp(pattern, 'u');
  const least = minLength === 0 ? 'at most' : `${minLength} to`;
  return {
    schema: {
      type: 'string',
      ...(minLength > 0 && { minLength }),
      maxLength,
      pattern,
      ...(format !== undefined && { format }),
    },
    problem(value) {
      if (typeof value !== 'string') return type;
      const characters = [...value].length;
      if (characters < minLength || characters > maxLength)
        return `must have ${least} ${maxLength} characters`;
      return shape.test(value) && isOne(value) ? undefined : expected;
    },
  };
}

export function oneOf(choices: readonly string[], expected = 'must be one of'): ValueRule {
  return {
    schema: { type: 'string', enum: [...choices] },
    problem: (value) =>
      choices.some((choice) => choice === value) ? undefined : `${expected} ${choices.join(', ')}`,
  };
}

export function integer(least: number, most: number): ValueRule {
  return {
    schema: { type: 'integer', minimum: least, maximum: most },
    problem: (value) =>
      Number.isInteger(value) && Number(value) >= least && Number(value) <= most
        ? undefined
        : `must be a whole number from ${least} to ${most}`,
  };
}

export const TRUE_OR_FALSE: ValueRule = {
  schema: { type: 'boolean' },
  problem: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
};

/** @param type the error for a value that is not a list */
export function list(
  items: ValueRule,
  { least = 0, most, unique = false, type }: { least?: number; most: number; unique?: boolean; type: string },
): ValueRule {
  return {
    schema: {
      type: 'array',
      items: items.schema,
      ...(least > 0 && { minItems: least }),
      maxItems: most,
      ...(unique && { uniqueItems: true }),
    },
    problem(value) {
      if (!Array.isArray(value)) return type;
      if (value.length < least) return `must have at least ${least} value${least === 1 ? '' : 's'}`;
      if (value.length > most) return `must have at most ${most} values`;
      const [problem] = value.map(items.problem).filter((one) => one !== undefined);
      return (
        problem ??
        (unique && new Set(value).size < value.length ? 'must not contain the same value twice' : undefined)
      );
    },
  };
}

/** One value, or an array of them. {@link listOf} makes an array of both. */
export function oneOrMore(items: ValueRule, most: number, type: string): ValueRule {
  const several = list(items, { least: 1, most, type });
  return {
    schema: { oneOf: [items.schema, several.schema] },
    problem: (value) => (typeof value === 'string' ? items : several).problem(value),
  };
}

export function listOf<Value>(given: Value | readonly Value[] | undefined): Value[] | undefined {
  if (given === undefined) return undefined;
  return Array.isArray(given) ? (given as Value[]) : [given as Value];
}

/** An object whose fields may be missing. It has no others. */
export function object(fields: Readonly<Record<string, ValueRule & Description>>): ValueRule {
  const properties = Object.entries(fields).map(
    ([name, { schema, description, example }]) => [name, { ...schema, description, example }] as const,
  );
  return {
    schema: { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false },
    problem(value) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
      const [problem] = Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
        const rule = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (rule === undefined) return [`must not have the field ${name.slice(0, 64)}`];
        const wrong = rule.problem(field);
        return wrong === undefined ? [] : [`has a field ${name} that ${wrong}`];
      });
      return problem;
    },
  };
}

/** Any text: an id or a code of the vendor, or part of one. */
export const TEXT = text({ maxLength: LONGEST_TEXT });

export function uuid(expected: string): ValueRule {
  const pattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';
  return text({ maxLength: 36, pattern, format: 'uuid', expected, type: expected });
}

/** A time, kept as text: it can only be read together with the request's `timeZone`. */
export const INSTANT = text({
  maxLength: LONGEST_INSTANT,
  pattern: INSTANT_FORM.source,
  isOne: isInstantText,
  expected: 'must be ISO 8601 with an offset such as 2025-06-01T10:00:00Z, or a date such as 2025-06-01',
});

export const TIME_ZONE = text({
  maxLength: LONGEST_ZONE,
  pattern: TIME_ZONE_FORM.source,
  isOne: isTimeZone,
  expected: TIME_ZONE_RULE,
});

/** The cursor that the previous page gave. */
export const CURSOR = text({
  minLength: 1,
  maxLength: LONGEST_CURSOR,
  pattern: '^[A-Za-z0-9_-]+$',
  expected: 'is not a cursor',
});
