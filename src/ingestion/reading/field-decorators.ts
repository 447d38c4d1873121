// What a field of the vendor's record is: how it is read, what is checked, how the API describes it.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, Min, ValidateBy } from 'class-validator';
import { EARLIEST_MS, LATEST_MS } from '../../time/civil-time.js';
import type { FieldKind } from './field-readers.js';
import { textProblem } from './kept-json.js';

const FIELD_KINDS = Symbol('field kinds');

/** PostgreSQL's `integer`. */
const LARGEST_INTEGER = 2_147_483_647;

/**
 * Bytes of UTF-8. The vendor names no bounds but 128 characters for outId. These keep the widest index row, the
 * rollups' key of two identifiers and three codes, under the 2,704 bytes that a B-tree page can take.
 */
const IDENTIFIER_BYTES = 512;
const CODE_BYTES = 128;
const MESSAGE_BYTES = 8192;

interface Description {
  readonly description: string;
  readonly example: string | number;
}

/** The fields of a record class in the order of their decorators, each with how it is read. */
export function fieldKinds(target: object): ReadonlyMap<string, FieldKind> {
  const kinds: unknown = Reflect.getMetadata(FIELD_KINDS, target);
  return kinds instanceof Map ? (kinds as Map<string, FieldKind>) : new Map<string, FieldKind>();
}

function ReadAs(kind: FieldKind): PropertyDecorator {
  return (target, property) => {
    const kinds = new Map(fieldKinds(target));
    Reflect.defineMetadata(FIELD_KINDS, kinds.set(String(property), kind), target);
  };
}

/** Text that a column of that many bytes of UTF-8 can hold: no NUL, no half of a surrogate pair. */
function FitsText(mostBytes: number): PropertyDecorator {
  return ValidateBy({
    name: 'fitsText',
    constraints: [mostBytes],
    validator: {
      validate: (value: unknown) => typeof value === 'string' && problemOf(value, mostBytes) === undefined,
      defaultMessage: (args) =>
        typeof args?.value === 'string' ? (problemOf(args.value, mostBytes) ?? '') : 'is not text',
    },
  });
}

function problemOf(value: string, mostBytes: number): string | undefined {
  // A UTF-16 unit takes at most three bytes, so short texts need no count.
  if (value.length * 3 > mostBytes && Buffer.byteLength(value) > mostBytes) {
    return `is longer than ${mostBytes} bytes`;
  }
  return textProblem(value);
}

/** A time in epoch milliseconds whose year ISO 8601 writes with four digits. */
function IsInstant(): PropertyDecorator {
  return ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value: unknown) =>
        Number.isInteger(value) && Number(value) >= EARLIEST_MS && Number(value) <= LATEST_MS,
      defaultMessage: () => 'is outside the years 1 to 9999',
    },
  });
}

/** The record's own key: the one field without which it is no call. */
export function CallKey(description: Description): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: String, ...description }),
    ReadAs('text'),
    IsString({ message: 'is missing' }),
    FitsText(IDENTIFIER_BYTES),
  );
}

export function Identifier(description: Description): PropertyDecorator {
  return text(description, IDENTIFIER_BYTES);
}

export function Code(description: Description): PropertyDecorator {
  return text(description, CODE_BYTES);
}

export function Message(description: Description): PropertyDecorator {
  return text(description, MESSAGE_BYTES);
}

function text(description: Description, mostBytes: number): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: String, nullable: true, required: false, ...description }),
    ReadAs('text'),
    IsOptional(),
    IsString({ message: 'is not text' }),
    FitsText(mostBytes),
  );
}

/** A number of seconds. */
export function Seconds(description: Description): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: 'integer',
      minimum: 0,
      maximum: LARGEST_INTEGER,
      nullable: true,
      required: false,
      ...description,
    }),
    ReadAs('integer'),
    IsOptional(),
    IsInt({ message: 'is not a whole number' }),
    Min(0, { message: 'is below 0' }),
    Max(LARGEST_INTEGER, { message: `is above ${LARGEST_INTEGER}` }),
  );
}

export function Time(description: Description): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: String, nullable: true, required: false, ...description }),
    ReadAs('time'),
    IsOptional(),
    IsInstant(),
  );
}
