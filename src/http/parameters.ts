// The decorators of query parameters: how each is read from its text, checked and described.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
} from 'class-validator';
import { isTimeZone, TIME_ZONE_RULE } from '../time/time-zone.js';
import { isInstantText } from './instant-text.js';

const MOST_IN_A_LIST = 100;
const LONGEST_TEXT = 600;
/** PostgreSQL's text takes no NUL. */
const WITHOUT_NUL = /^[^\0]*$/u;

/** How OpenAPI says that a list is one text. Generated clients that repeat the parameter instead are understood too. */
const COMMA_SEPARATED = { style: 'form', explode: false } as const;

type Example = { readonly description: string; readonly example: unknown };

function parameter(options: ApiPropertyOptions): PropertyDecorator {
  return applyDecorators(ApiProperty({ required: false, ...options } as ApiPropertyOptions), IsOptional());
}

/** A list: comma-separated, or the parameter repeated. */
export function ListParameter({ description, example }: Example): PropertyDecorator {
  return applyDecorators(
    parameter({
      ...COMMA_SEPARATED,
      type: [String],
      maxItems: MOST_IN_A_LIST,
      description: `${description} A comma-separated list takes several.`,
      example: [example],
    }),
    Transform(({ value }: { value: unknown }) => listOf(value)),
    ...listRules(MOST_IN_A_LIST, 'must be text'),
  );
}

/** A list in a JSON body: an array of texts. */
export function ListField({ description, example }: Example, most = MOST_IN_A_LIST): PropertyDecorator {
  return applyDecorators(
    parameter({ type: [String], maxItems: most, description, example: [example] }),
    ...listRules(most, 'must be an array of texts'),
  );
}

function listRules(most: number, type: string): PropertyDecorator[] {
  return [
    IsArray({ message: type }),
    ArrayMaxSize(most, { message: `must have at most ${most} values` }),
    IsString({ each: true, message: type }),
    MaxLength(LONGEST_TEXT, { each: true, message: `must have at most ${LONGEST_TEXT} characters` }),
    Matches(WITHOUT_NUL, { each: true, message: 'must not contain a NUL character' }),
  ];
}

function listOf(value: unknown): unknown {
  if (typeof value === 'string') return value.split(',').map((part) => part.trim());
  if (Array.isArray(value)) return value.flatMap((part: unknown) => listOf(part));
  return value;
}

export function TextParameter(
  { description, example }: Example,
  pattern = WITHOUT_NUL,
  expected = 'must not contain a NUL character',
): PropertyDecorator {
  return applyDecorators(
    parameter({ type: String, description, example }),
    IsString({ message: 'must be given once, as text' }),
    MaxLength(LONGEST_TEXT, { message: `must have at most ${LONGEST_TEXT} characters` }),
    Matches(pattern, { message: expected }),
  );
}

export function IntegerParameter(
  { description, example }: Example,
  least: number,
  most: number,
  fallback?: number,
): PropertyDecorator {
  const message = `must be a whole number from ${least} to ${most}`;
  return applyDecorators(
    parameter({
      type: 'integer',
      description,
      example,
      minimum: least,
      maximum: most,
      ...(fallback === undefined ? {} : { default: fallback }),
    }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
    ),
    IsInt({ message }),
    Min(least, { message }),
    Max(most, { message }),
  );
}

export function BooleanParameter({ description, example }: Example): PropertyDecorator {
  return applyDecorators(
    parameter({ type: Boolean, description, example }),
    Transform(({ value }: { value: unknown }) =>
      value === 'true' ? true : value === 'false' ? false : value,
    ),
    IsBoolean({ message: 'must be true or false' }),
  );
}

export function ChoiceParameter(
  { description, example }: Example,
  choices: readonly string[],
  fallback: string,
): PropertyDecorator {
  return applyDecorators(
    parameter({ type: String, enum: [...choices], default: fallback, description, example }),
    IsIn(choices, { message: `must be one of ${choices.join(', ')}` }),
  );
}

/** A list of names that are known beforehand, each at most once. */
export function ChoicesParameter(
  { description, example }: Example,
  choices: readonly string[],
): PropertyDecorator {
  return applyDecorators(
    parameter({
      ...COMMA_SEPARATED,
      type: [String],
      items: { type: 'string', enum: [...choices] },
      maxItems: MOST_IN_A_LIST,
      description: `${description} A comma-separated list takes several.`,
      example: listOf(example),
    }),
    Transform(({ value }: { value: unknown }) => listOf(value)),
    IsArray({ message: 'must be text' }),
    ArrayMaxSize(MOST_IN_A_LIST, { message: `must have at most ${MOST_IN_A_LIST} values` }),
    ArrayUnique({ message: 'must name nothing twice' }),
    IsIn(choices, { each: true, message: `must be of ${choices.join(', ')}` }),
  );
}

/** A time, as its text: it can only be read together with the request's `timeZone`. */
export function InstantParameter({ description, example }: Example): PropertyDecorator {
  return applyDecorators(
    parameter({
      type: String,
      description: `${description} ISO 8601 with an offset, or a date, which means its first moment in \`timeZone\`.`,
      example,
    }),
    ValidateBy({
      name: 'isInstantText',
      validator: {
        validate: isInstantText,
        defaultMessage: () =>
          'must be ISO 8601 with an offset such as 2025-06-01T10:00:00Z, or a date such as 2025-06-01',
      },
    }),
  );
}

/** The position of a page, as the page before it gave it. */
export function CursorParameter({ description, example }: Example): PropertyDecorator {
  return applyDecorators(
    parameter({ type: String, description, example }),
    Matches(/^[A-Za-z0-9_-]{1,16384}$/, { message: 'is not a cursor' }),
  );
}

export function TimeZoneParameter(use = 'that dates without a time are in'): PropertyDecorator {
  return applyDecorators(
    parameter({
      type: String,
      description: `The IANA time zone ${use}. Default: the zone of the pushes.`,
      example: 'Asia/Shanghai',
    }),
    ValidateBy({
      name: 'isTimeZone',
      validator: {
        validate: isTimeZone,
        defaultMessage: () => TIME_ZONE_RULE,
      },
    }),
  );
}
