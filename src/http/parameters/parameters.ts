// Decorators of query parameters. Each reads the parameter from its text, checks it and describes it.
import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import {
  CURSOR,
  type Description,
  INSTANT,
  integer,
  list,
  oneOf,
  OptionalField,
  type Options,
  type ValueRule,
  TEXT,
  text,
  TIME_ZONE,
  TRUE_OR_FALSE,
} from './value-rules.js';

export const MOST_IN_A_LIST = 100;

/** OpenAPI's keywords for a comma-separated list. Clients that repeat the parameter instead are accepted too. */
const COMMA_SEPARATED = { style: 'form', explode: false };

/** @param read converts the parameter's text to the value that the rule checks */
function parameter(
  rule: ValueRule,
  options: Options,
  read: (value: unknown) => unknown = (value) => value,
): PropertyDecorator {
  return applyDecorators(
    OptionalField(rule, options),
    Transform(({ value }: { value: unknown }) => read(value)),
  );
}

/** A list. Its values are separated by commas, or the parameter is repeated. */
export function ListParameter({ description, example }: Description, items = TEXT): PropertyDecorator {
  return listParameter(list(items, { most: MOST_IN_A_LIST, type: 'must be text' }), description, [example]);
}

/** Values of which each is a parameter of its own. They may hold commas. */
export function RepeatedParameter(
  { description, example }: Description,
  items: ValueRule,
  most: number,
): PropertyDecorator {
  const options = { style: 'form', explode: true, description, example: [example] } as const;
  return parameter(list(items, { most, type: 'must be text' }), options, (value) =>
    typeof value === 'string' ? [value] : value,
  );
}

/** A list of names from a fixed set, each at most once. */
export function ChoicesParameter(
  { description, example }: Description,
  choices: readonly string[],
): PropertyDecorator {
  const names = list(oneOf(choices, 'must be one or more of'), {
    most: choices.length,
    unique: true,
    type: 'must be text',
  });
  return listParameter(names, description, listOf(example));
}

function listParameter(rule: ValueRule, description: string, example: unknown): PropertyDecorator {
  const described = {
    description: `${description} Separate several values by commas; spaces around a value are ignored.`,
    example,
  };
  return parameter(rule, { ...COMMA_SEPARATED, ...described }, listOf);
}

function listOf(value: unknown): unknown {
  if (typeof value === 'string') return value.split(',').map((part) => part.trim());
  if (Array.isArray(value)) return value.flatMap((part: unknown) => listOf(part));
  return value;
}

export function DigitsParameter(described: Description, least: number, most: number): PropertyDecorator {
  const rule = text({
    minLength: least,
    maxLength: most,
    pattern: '^[0-9]+$',
    expected: `must be ${least} to ${most} digits`,
    type: 'must be given once, as text',
  });
  return parameter(rule, described);
}

export function IntegerParameter(
  described: Description,
  least: number,
  most: number,
  fallback?: number,
): PropertyDecorator {
  const options = { ...described, ...(fallback === undefined ? {} : { default: fallback }) };
  return parameter(integer(least, most), options, (value) =>
    typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
  );
}

export function BooleanParameter(described: Description): PropertyDecorator {
  return parameter(TRUE_OR_FALSE, described, (value) =>
    value === 'true' ? true : value === 'false' ? false : value,
  );
}

export function ChoiceParameter(
  described: Description,
  choices: readonly string[],
  fallback: string,
): PropertyDecorator {
  return parameter(oneOf(choices), { ...described, default: fallback });
}

/** A time, kept as text: it can only be read together with the request's `timeZone`. */
export function InstantParameter({ description, example }: Description): PropertyDecorator {
  return parameter(INSTANT, {
    description: `${description} Format: ISO 8601 with an offset, or a date. A date means its first moment in \`timeZone\`. It must exist in the calendar.`,
    example,
  });
}

/** The cursor that the previous page gave. */
export function CursorParameter(described: Description): PropertyDecorator {
  return parameter(CURSOR, described);
}

export function TimeZoneParameter(use = 'for dates without a time'): PropertyDecorator {
  return parameter(TIME_ZONE, {
    description: `The IANA time zone ${use}. Use \`UTC\` or a name of the form Area/Location. Default: the zone of the pushes.`,
    example: 'Asia/Shanghai',
  });
}
