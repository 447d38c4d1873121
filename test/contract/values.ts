// The schema of a value in, values that fit it and values that nearly do out.
import fc from 'fast-check';
import { isObject } from './helpers.js';
import type { Schema } from '../support/contract/document.js';

/**
 * Values about the bounds that a schema names, on both sides, and values of other kinds.
 *
 * @param examples of what fits
 */
export function valuesAbout(schema: Schema, ...examples: readonly unknown[]): fc.Arbitrary<unknown> {
  const fitting = fc.oneof(valuesOf(schema), ...examples.map((example) => fc.constant(example)));
  return fc.oneof(
    { weight: 3, arbitrary: fitting },
    { weight: 2, arbitrary: beyond(schema, fitting) },
    stray,
  );
}

/** The same values every time: at each bound that a schema names, and over it by as little as can be. */
export function valuesAtBounds(schema: Schema, ...examples: readonly unknown[]): unknown[] {
  const { minimum, maximum, maxItems, maxLength, enum: choices } = schema;
  const values = [...examples, 'a stranger', ''];
  if (Array.isArray(choices)) values.push(...(choices as unknown[]));
  if (minimum !== undefined) values.push(Number(minimum) - 1, Number(minimum));
  if (maximum !== undefined) values.push(Number(maximum), Number(maximum) + 1);
  if (maxLength !== undefined)
    for (const length of [Number(maxLength), Number(maxLength) + 1])
      values.push(...examples.map((example) => String(example).padEnd(length, '0')), '😀'.repeat(length));
  if (schema['pattern'] !== undefined) values.push(...examples.map((example) => `${String(example)}\0`));
  if (maxItems === undefined) return values;
  const items = valuesAtBounds(itemsOf(schema), ...examples.flat());
  const lists = [Number(maxItems), Number(maxItems) + 1].map((length) =>
    Array<unknown>(length).fill(items[0]),
  );
  return [
    ...values,
    ...lists,
    ...items.map((item) => [item]),
    [],
    examples.flat().flatMap((item) => [item, item]),
  ];
}

const stray: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    ',',
    'null',
    'true',
    '0',
    '-1',
    '1.5',
    '1e3',
    'NaN',
    '2025-02-30',
    'CST',
    '+08:00',
  ),
  fc.constantFrom(true, 0, -1, 1.5, 2 ** 31, 2 ** 53, [], [null], {}, [[]]),
);

function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  const { oneOf: forms, enum: choices } = schema;
  if (Array.isArray(forms)) return fc.oneof(...forms.map((form) => valuesOf(isObject(form) ? form : {})));
  if (Array.isArray(choices)) return fc.constantFrom(...(choices as unknown[]));
  switch ([schema['type']].flat().find((type) => type !== 'null')) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return integers(schema);
    case 'array':
      return arrays(schema);
    case 'object':
      return objects(schema);
    default:
      return texts(schema);
  }
}

function integers(schema: Schema): fc.Arbitrary<number> {
  const { min, max } = { min: Number(schema['minimum']), max: Number(schema['maximum']) };
  return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max }));
}

function arrays(schema: Schema): fc.Arbitrary<unknown[]> {
  const items = valuesOf(itemsOf(schema));
  const { minItems = 0, maxItems } = schema;
  const some = { minLength: Number(minItems), maxLength: Math.min(Number(maxItems), 4) };
  if (schema['uniqueItems'] === true) return fc.uniqueArray(items, some);
  return fc.array(items, some);
}

function texts(schema: Schema): fc.Arbitrary<string> {
  const { pattern, minLength = 0, maxLength } = schema;
  if (typeof pattern !== 'string') throw new Error('a text of a request has no pattern');
  const [least, most] = [Number(minLength), Number(maxLength)];
  return fc
    .stringMatching(new RegExp(pattern, 'u'))
    .filter((text) => [...text].length >= least && [...text].length <= most);
}

/** Some fields of an object, each of them fitting. */
function objects(schema: Schema): fc.Arbitrary<object> {
  const { properties } = schema;
  const fields = Object.entries(isObject(properties) ? properties : {}).map(
    ([name, field]) => [name, valuesOf(isObject(field) ? field : {})] as const,
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
}

function itemsOf(schema: Schema): Schema {
  const { items } = schema;
  return isObject(items) ? items : {};
}

/** Values that are over a bound by as little as can be. */
function beyond(schema: Schema, fitting: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { minimum, maximum, maxItems, maxLength } = schema;
  const ways: fc.Arbitrary<unknown>[] = [fitting.chain(spoilt)];
  if (minimum !== undefined) ways.push(fc.constant(Number(minimum) - 1));
  if (maximum !== undefined) ways.push(fc.constant(Number(maximum) + 1));
  if (maxLength !== undefined) ways.push(ofLengthAbout(fitting, Number(maxLength)));
  if (maxItems !== undefined) ways.push(ofSizeAbout(valuesOf(itemsOf(schema)), Number(maxItems)));
  const items = itemsOf(schema);
  if ('type' in items) ways.push(fc.array(valuesAbout(items), { maxLength: 3 }));
  return fc.oneof(...ways);
}

/** A value with one character more, less or another one; a list with one value twice. */
function spoilt(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value) && value.length > 0) return fc.constant([...(value as unknown[]), value[0]]);
  if (typeof value !== 'string') return fc.constant([value]);
  const characters = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('', '0', '9', ':', '-', '+', ' ', '/', '\0', 'Z', ',', '😀'),
  );
  return fc
    .tuple(fc.nat(value.length), fc.nat(1), characters)
    .map(([at, removed, added]) => value.slice(0, at) + added + value.slice(at + removed));
}

/** Texts that are just short enough, or just too long; of characters outside of UTF-16's first plane too, which count once. */
function ofLengthAbout(fitting: fc.Arbitrary<unknown>, most: number): fc.Arbitrary<unknown> {
  return fc
    .tuple(fitting, fc.constantFrom(most, most + 1), fc.constantFrom('0', 'a', '😀'))
    .map(([value, length, filler]) => {
      const characters = [...String(value)];
      return characters.slice(0, length).join('') + filler.repeat(Math.max(0, length - characters.length));
    });
}

function ofSizeAbout(items: fc.Arbitrary<unknown>, most: number): fc.Arbitrary<unknown[]> {
  return fc
    .tuple(items, fc.constantFrom(most, most + 1))
    .map(([item, length]) => Array.from({ length }, () => item));
}
