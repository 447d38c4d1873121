// The decorators of the vendor's fields. Each states how a field is read, checked, described, stored and masked.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, Min, ValidateBy } from 'class-validator';
import type { CodeTable } from '../codes/status-codes.js';
import { EARLIEST_MS, LATEST_MS } from '../time/civil-time.js';

/** What a field holds, by its kind. */
export interface Values {
  readonly text: string | null;
  readonly integer: number | null;
  readonly time: Instant | null;
}

export type FieldKind = keyof Values;

interface Description {
  readonly description: string;
  /** As the vendor writes it. */
  readonly example: string | number;
  /** The description in pushes, where it says more. */
  readonly inPushes?: string;
}

interface Traits {
  readonly kind: FieldKind;
  /**
   * Which telephone numbers it may hold: none, nothing but one, the caller's own reference, which may be one, or any text.
   */
  readonly numbers: 'none' | 'number' | 'reference' | 'text';
  /** Whether it says which call it is, and nothing about the call: as the call's own key, or as a name of something else. */
  readonly identifies?: 'key' | 'name';
  /** Of a code: those that are listed. The schema drift tells of others. */
  readonly codes?: CodeTable;
}

/** A field of the vendor's record. */
export interface VendorField<Name extends string = string> extends Traits, Description {
  readonly name: Name;
}

declare const TIME: unique symbol;

/** Epoch milliseconds, as a type of its own: TypeScript can tell times from other numbers. */
export type Instant = number & { readonly [TIME]?: never };

type IsTime<Value> = typeof TIME extends keyof NonNullable<Value> ? true : false;

/** The fields of a record, with their times in another form. */
export type WithTimesAs<Time, Record> = {
  [Name in keyof Record]: IsTime<Record[Name]> extends true ? Time | null : Record[Name];
};

/** The fields whose values are of a type. */
export type NamesOf<Record, Value> = {
  [Name in keyof Record]: [Record[Name], IsTime<Record[Name]>] extends [Value, IsTime<Value>] ? Name : never;
}[keyof Record];

/** Decorates a property of that type. */
type FieldDecorator<Value> = <Record extends object>(
  target: Record,
  property: NamesOf<Record, Value> & string,
) => void;

const NUL_OR_SURROGATE = /[\0\ud800-\udfff]/;

/** PostgreSQL's `integer`. */
export const LARGEST_INTEGER = 2_147_483_647;

/**
 * Bytes of UTF-8. The vendor names no bounds but 128 characters for outId. These keep the widest index row, the
 * rollups' key of two identifiers and three codes, under the 2,704 bytes that a B-tree page can take.
 */
const IDENTIFIER_BYTES = 512;
const CODE_BYTES = 128;
const MESSAGE_BYTES = 8192;

/** The fields of each decorated class. */
const registry = new WeakMap<object, VendorField[]>();

/** The fields of a record class in the order of their decorators, which take no names but those of its properties. */
export function fieldsOf<Record extends object>(
  recordClass: new () => Record,
): readonly VendorField<keyof Record & string>[];
export function fieldsOf(recordClass: new () => object): readonly VendorField[] {
  return registry.get(recordClass) ?? [];
}

/** Those of a kind. Each decorator sees to it that their values are of its type. */
export function namesOfKind<Record extends object, Kind extends FieldKind>(
  recordClass: new () => Record,
  kind: Kind,
): readonly (NamesOf<Record, Values[Kind]> & string)[];
export function namesOfKind(recordClass: new () => object, kind: FieldKind): readonly string[] {
  return fieldsOf(recordClass).flatMap((field: VendorField) => (field.kind === kind ? [field.name] : []));
}

/** The record's own key: the one field without which it is no call. */
export function CallKey(description: Description): FieldDecorator<string> {
  return field({ kind: 'text', numbers: 'none', identifies: 'key' }, description, {}, [
    IsString({ message: 'is missing' }),
    FitsText(IDENTIFIER_BYTES),
  ]);
}

/** What the vendor or the user names something by. */
export function Identifier(description: Description): FieldDecorator<string | null> {
  return text({ kind: 'text', numbers: 'none', identifies: 'name' }, description, IDENTIFIER_BYTES);
}

/** The user's own name for a call. It may be a telephone number. */
export function Reference(description: Description): FieldDecorator<string | null> {
  return text({ kind: 'text', numbers: 'reference', identifies: 'name' }, description, IDENTIFIER_BYTES);
}

export function Code({
  codes,
  ...description
}: Description & { readonly codes?: CodeTable }): FieldDecorator<string | null> {
  return text({ kind: 'text', numbers: 'text', codes }, description, CODE_BYTES);
}

/** Text in words. */
export function Message(description: Description): FieldDecorator<string | null> {
  return text({ kind: 'text', numbers: 'text' }, description, MESSAGE_BYTES);
}

export function TelephoneNumber(description: Description): FieldDecorator<string | null> {
  return text({ kind: 'text', numbers: 'number' }, description, CODE_BYTES);
}

function text(traits: Traits, description: Description, mostBytes: number): FieldDecorator<string | null> {
  return field(traits, description, OPTIONAL, [
    IsOptional(),
    IsString({ message: 'is not text' }),
    FitsText(mostBytes),
  ]);
}

/** A number of seconds. */
export function Seconds(description: Description): FieldDecorator<number | null> {
  const schema = { type: 'integer', minimum: 0, maximum: LARGEST_INTEGER, ...OPTIONAL } as const;
  return field({ kind: 'integer', numbers: 'none' }, description, schema, [
    IsOptional(),
    IsInt({ message: 'is not a whole number' }),
    Min(0, { message: 'is below 0' }),
    Max(LARGEST_INTEGER, { message: `is above ${LARGEST_INTEGER}` }),
  ]);
}

export function Time(description: Description): FieldDecorator<Instant | null> {
  return field({ kind: 'time', numbers: 'none' }, description, OPTIONAL, [IsOptional(), IsInstant()]);
}

const OPTIONAL = { nullable: true, required: false };

/** @param schema what the API's description says of the field in pushes */
function field(
  traits: Traits,
  description: Description,
  schema: ApiPropertyOptions,
  rules: readonly PropertyDecorator[],
): (target: object, property: string) => void {
  const { inPushes = description.description, example } = description;
  const decorate = applyDecorators(
    ApiProperty({ type: String, ...schema, description: inPushes, example }),
    ...rules,
  );
  return (target, name) => {
    const fields = registry.get(target.constructor) ?? [];
    registry.set(target.constructor, [...fields, { name, ...traits, ...description }]);
    decorate(target, name);
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

/** Why PostgreSQL can't hold a text as it is, in a column or in jsonb; undefined when it can. */
export function textProblem(text: string): string | undefined {
  if (!NUL_OR_SURROGATE.test(text)) return undefined;
  if (text.includes('\0')) return 'contains a NUL character';
  return text.isWellFormed() ? undefined : 'contains half of a surrogate pair';
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
