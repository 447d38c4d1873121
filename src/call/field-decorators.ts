// The decorators of the vendor's fields. Each one says how a field is read, checked, described, stored and masked.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Max, Min, ValidateBy } from 'class-validator';
import type { CodeTable } from '../codes/status-codes.js';
import { EARLIEST_MS, LATEST_MS } from '../time/civil-time.js';

/** The type of a field's value, by the kind of the field. */
export interface Values {
  readonly text: string | null;
  readonly integer: number | null;
  readonly time: Instant | null;
  /** JSON text. */
  readonly json: string | null;
}

export type FieldKind = keyof Values;

interface Description {
  readonly description: string;
  /** An example in the form in which the vendor sends it. */
  readonly example: string | number;
  /** The description for pushes, where it differs from {@link description}. */
  readonly inPushes?: string;
}

interface Traits {
  readonly kind: FieldKind;
  /**
   * Which phone numbers the field may hold. `number`: the field is one. `reference`: the caller's own reference, which
   * may be one. `text`: any text, with numbers in it.
   */
  readonly numbers: 'none' | 'number' | 'reference' | 'text';
  /**
   * Set for a field that only identifies. `key`: the call's own key. `name`: the name of something else, such as the
   * task.
   */
  readonly identifies?: 'key' | 'name';
  /** For a code: the codes that the vendor lists. Other codes are reported as schema drift. */
  readonly codes?: CodeTable;
}

/** A field of the vendor's record. */
export interface VendorField<Name extends string = string> extends Traits, Description {
  readonly name: Name;
  /** The JSON type that the vendor documents. */
  readonly jsonType: JsonType;
}

type JsonType = 'string' | 'number' | 'object';

declare const TIME: unique symbol;

/** Epoch milliseconds. This is a type of its own, so that TypeScript can tell times from other numbers. */
export type Instant = number & { readonly [TIME]?: never };

type IsTime<Value> = typeof TIME extends keyof NonNullable<Value> ? true : false;

/** A record type whose times have another type. */
export type WithTimesAs<Time, Record> = {
  [Name in keyof Record]: IsTime<Record[Name]> extends true ? Time | null : Record[Name];
};

/** The names of the fields whose values have the given type. */
export type NamesOf<Record, Value> = {
  [Name in keyof Record]: [Record[Name], IsTime<Record[Name]>] extends [Value, IsTime<Value>] ? Name : never;
}[keyof Record];

/** A decorator that TypeScript accepts only on a property of that type. */
type FieldDecorator<Value> = <Record extends object>(
  target: Record,
  property: NamesOf<Record, Value> & string,
) => void;

const NUL_OR_SURROGATE = /[\0\ud800-\udfff]/;

/** The largest value of PostgreSQL's `integer`. */
export const LARGEST_INTEGER = 2_147_483_647;

/**
 * The largest sizes in bytes of UTF-8. The vendor states only one limit: 128 characters for outId. These limits keep
 * the widest index row below 2,704 bytes, which is the most that a B-tree index takes. That row is the rollups' key of
 * two identifiers and three codes.
 */
const IDENTIFIER_BYTES = 512;
const CODE_BYTES = 128;
const INTENT_BYTES = 64;
const MESSAGE_BYTES = 8192;

/** The fields of each decorated class. */
const registry = new WeakMap<object, VendorField[]>();

/** The fields of a record class, in the order of their decorators. */
export function fieldsOf<Record extends object>(
  recordClass: new () => Record,
): readonly VendorField<keyof Record & string>[];
export function fieldsOf(recordClass: new () => object): readonly VendorField[] {
  return registry.get(recordClass) ?? [];
}

/**
 * The names of the fields of one kind. The type of each decorator ensures that the values have the type of the kind.
 */
export function namesOfKind<Record extends object, Kind extends FieldKind>(
  recordClass: new () => Record,
  kind: Kind,
): readonly (NamesOf<Record, Values[Kind]> & string)[];
export function namesOfKind(recordClass: new () => object, kind: FieldKind): readonly string[] {
  return fieldsOf(recordClass).flatMap((field: VendorField) => (field.kind === kind ? [field.name] : []));
}

/** Decorates the record's own key, the only required field. */
export function CallKey(description: Description): FieldDecorator<string> {
  return field({ kind: 'text', numbers: 'none', identifies: 'key' }, description, {}, [
    IsString({ message: 'is missing' }),
    FitsText(IDENTIFIER_BYTES),
  ]);
}

/** Decorates an ID of the vendor or the user. */
export function Identifier(description: Description): FieldDecorator<string | null> {
  return text({ kind: 'text', numbers: 'none', identifies: 'name' }, description, IDENTIFIER_BYTES);
}

/** Decorates the user's own name for a call. It may be a phone number. */
export function Reference(description: Description): FieldDecorator<string | null> {
  return text({ kind: 'text', numbers: 'reference', identifies: 'name' }, description, IDENTIFIER_BYTES);
}

/** Decorates a code of the vendor. Codes that are not in `codes` are taken too. */
export function Code({
  codes,
  ...description
}: Description & { readonly codes?: CodeTable }): FieldDecorator<string | null> {
  return text({ kind: 'text', numbers: 'text', codes }, description, CODE_BYTES);
}

/** Decorates the intent of a person. The customer defines the intents. */
export function Intent(description: Description): FieldDecorator<string | null> {
  return text({ kind: 'text', numbers: 'text' }, description, INTENT_BYTES);
}

/** Decorates a URL with a signature, which is a secret. */
export function Url(description: Description): FieldDecorator<string | null> {
  return text({ kind: 'text', numbers: 'none' }, description, MESSAGE_BYTES);
}

/** Decorates a value with parts of its own. The record has its JSON text. @param type the JSON type of the vendor's value */
export function Json({
  type,
  ...description
}: Description & { readonly type: JsonType }): FieldDecorator<string | null> {
  const rules = [IsOptional(), IsString()];
  if (type !== 'object') return field({ kind: 'json', numbers: 'text' }, description, OPTIONAL, rules, type);
  const example: unknown = JSON.parse(String(description.example));
  const schema = { type, additionalProperties: true, nullable: true, selfRequired: false, example } as const;
  return field({ kind: 'json', numbers: 'text' }, description, schema, rules, type);
}

/** Decorates free text. */
export function Message(description: Description): FieldDecorator<string | null> {
  return text({ kind: 'text', numbers: 'text' }, description, MESSAGE_BYTES);
}

/** Decorates a phone number. The value may be any text, because the vendor's numbers are not checked. */
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

/** Decorates a duration in whole seconds. */
export const Seconds = integer;

/** Decorates a count. */
export const Count = integer;

function integer(description: Description): FieldDecorator<number | null> {
  const schema = { type: 'integer', minimum: 0, maximum: LARGEST_INTEGER, ...OPTIONAL } as const;
  return field({ kind: 'integer', numbers: 'none' }, description, schema, [
    IsOptional(),
    IsInt({ message: 'is not a whole number' }),
    Min(0, { message: 'is below 0' }),
    Max(LARGEST_INTEGER, { message: `is above ${LARGEST_INTEGER}` }),
  ]);
}

/** Decorates a time. The vendor writes it as a local time; the value is in epoch milliseconds. */
export function Time(description: Description): FieldDecorator<Instant | null> {
  return field({ kind: 'time', numbers: 'none' }, description, OPTIONAL, [IsOptional(), IsInstant()]);
}

const OPTIONAL = { nullable: true, required: false };

/** @param schema what the OpenAPI document says about the field in pushes, beside its description */
function field(
  traits: Traits,
  description: Description,
  schema: ApiPropertyOptions,
  rules: readonly PropertyDecorator[],
  jsonType: JsonType = traits.kind === 'integer' ? 'number' : 'string',
): (target: object, property: string) => void {
  const { inPushes = description.description, example } = description;
  const decorate = applyDecorators(
    ApiProperty({ type: String, description: inPushes, example, ...schema }),
    ...rules,
  );
  return (target, name) => {
    const fields = registry.get(target.constructor) ?? [];
    registry.set(target.constructor, [...fields, { name, jsonType, ...traits, ...description }]);
    decorate(target, name);
  };
}

/** Checks that a text has at most that many bytes of UTF-8, no NUL and no half of a surrogate pair. */
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

/** Says why PostgreSQL cannot store a text unchanged, in a text column or in jsonb. Returns undefined when it can. */
export function textProblem(text: string): string | undefined {
  if (!NUL_OR_SURROGATE.test(text)) return undefined;
  if (text.includes('\0')) return 'contains a NUL character';
  return text.isWellFormed() ? undefined : 'contains half of a surrogate pair';
}

/**
 * Checks that a value is a time in epoch milliseconds in the years 1 to 9999, which ISO 8601 writes with four digits.
 */
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
