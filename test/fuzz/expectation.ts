// A body in, what must become of it by the protocol's words out: written anew, without the service's own reading.
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { errorCode } from '../../platform/error-code.js';
import type { FuzzBody } from './bodies.js';
import { BODY_LIMIT } from './giants.js';
import { KNOWN_FIELDS } from './records.js';

/** What must be answered, and what must be kept. */
export type Expectation =
  | { readonly status: 413 }
  /** Kept whole, under the hash of its bytes. */
  | { readonly status: 400 | 415; readonly sha256: Buffer; readonly bytes: number }
  | { readonly status: 200; readonly records: ExpectedRecords };

export interface ExpectedRecords {
  readonly count: number;
  /** Elements that can be no call. */
  readonly rejects: number;
  /** Elements whose callId is a number written in a strange way: calls if it has no more than 512 digits. */
  readonly uncertain: number;
  /** The callIds that must be in the ledger, each with some of the fields that no column is for. */
  readonly calls: ReadonlyMap<string, readonly string[]>;
}

const MOST_RECORDS = 50_000;
const MOST_VALUES = 2_000_000;
const MOST_FIELDS = 100_000;
const MOST_LEVELS = 1_500_000;
const CALL_ID_BYTES = 512;
const MOST_UNKNOWN_FIELDS = 20;
const NUMERIC_CALL_ID = /"callId":(-?\d[\d.eE+-]*)(?=[,}])/g;
const INTEGER = /^(-?[1-9]\d*|0)$/;
const known = new Set(KNOWN_FIELDS);

export function expectationOf({ bytes, headers }: FuzzBody): Expectation {
  if (bytes.length > BODY_LIMIT) return { status: 413 };
  const unpacked = unpackAll(bytes, headers['content-encoding'] ?? '');
  if (unpacked === 'too large') return { status: 413 };
  if (unpacked === 'unknown encoding') return refused(415, bytes);
  const text = unpacked === 'not so encoded' ? undefined : textOf(unpacked);
  const elements = text === undefined ? undefined : elementsOf(text);
  if (
    text !== undefined &&
    elements !== undefined &&
    elements.length <= MOST_RECORDS &&
    isWithinLimits(text, elements)
  )
    return { status: 200, records: recordsOf(elements, integerCallIds(text)) };
  return refused(400, unpacked === 'not so encoded' ? bytes : unpacked);
}

function refused(status: 400 | 415, kept: Buffer): Expectation {
  return { status, sha256: createHash('sha256').update(kept).digest(), bytes: kept.length };
}

type Decode = (bytes: Buffer) => Buffer;
const LIMITED = { maxOutputLength: BODY_LIMIT };
const DECODERS = new Map<string, Decode>([
  ['gzip', (bytes) => gunzipSync(bytes, LIMITED)],
  ['x-gzip', (bytes) => gunzipSync(bytes, LIMITED)],
  ['br', (bytes) => brotliDecompressSync(bytes, LIMITED)],
  ['deflate', inflate],
]);

function inflate(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes, LIMITED);
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw error;
    return inflateRawSync(bytes, LIMITED);
  }
}

function unpackAll(
  bytes: Buffer,
  header: string,
): Buffer | 'too large' | 'not so encoded' | 'unknown encoding' {
  const names = header.toLowerCase().split(/[\s,]+/);
  const decoders = names.filter((name) => !['', 'identity'].includes(name)).map((name) => DECODERS.get(name));
  if (decoders.length > 3 || decoders.includes(undefined)) return 'unknown encoding';
  try {
    return decoders.reduceRight((packed, decode) => decode?.(packed) ?? packed, bytes);
  } catch (error) {
    return errorCode(error) === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'not so encoded';
  }
}

function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8').replace(/^\ufeff/, '') : undefined;
}

/** The elements of the array, or the object, that the text is in JSON; undefined for anything else. */
function elementsOf(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value as unknown[];
    return typeof value === 'object' && value !== null ? [value] : undefined;
  } catch {
    return undefined;
  }
}

/** Level by level, the whole body being the first. */
function isWithinLimits(text: string, elements: readonly unknown[]): boolean {
  let level = [text.trimStart().startsWith('[') ? elements : elements[0]].filter(isContainer);
  let values = 1;
  for (let levels = 1; level.length > 0; levels += 1) {
    if (levels > MOST_LEVELS) return false;
    const inner: object[] = [];
    for (const container of level) {
      const held: readonly unknown[] = Object.values(container);
      values += held.length;
      if (values > MOST_VALUES || (!Array.isArray(container) && held.length > MOST_FIELDS)) return false;
      for (const value of held) if (isContainer(value)) inner.push(value);
    }
    level = inner;
  }
  return true;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * The callIds that are whole numbers, digit by digit, by what `JSON.parse` makes of them: undefined where it makes
 * the same of two that are written differently, as of `1E+400` and of 400 digits.
 */
function integerCallIds(text: string): ReadonlyMap<number, string | undefined> {
  const callIds = new Map<number, string | undefined>();
  for (const [, written = ''] of text.matchAll(NUMERIC_CALL_ID)) {
    const number = Number(written);
    const isClear = INTEGER.test(written) && (!callIds.has(number) || callIds.get(number) === written);
    callIds.set(number, isClear ? written : undefined);
  }
  return callIds;
}

function recordsOf(
  elements: readonly unknown[],
  integers: ReadonlyMap<number, string | undefined>,
): ExpectedRecords {
  const calls = new Map<string, readonly string[]>();
  let rejects = 0;
  let uncertain = 0;
  for (const element of elements) {
    const id = callIdOf(element, integers);
    if (id === 'uncertain') uncertain += 1;
    else if (id === undefined) rejects += 1;
    else calls.set(id.text, unknownFields(element as object));
  }
  return { count: elements.length, rejects, uncertain, calls };
}

function callIdOf(
  element: unknown,
  integers: ReadonlyMap<number, string | undefined>,
): { readonly text: string } | 'uncertain' | undefined {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return undefined;
  const id: unknown = Object.hasOwn(element, 'callId') ? Reflect.get(element, 'callId') : undefined;
  if (typeof id !== 'string' && typeof id !== 'number') return undefined;
  const text = typeof id === 'string' ? id.trim() : integers.get(id);
  if (text === undefined) return 'uncertain';
  const fits = text !== '' && Buffer.byteLength(text) <= CALL_ID_BYTES && isStorable(text);
  return fits ? { text } : undefined;
}

/** Their names as they came, where jsonb can hold them. */
function unknownFields(record: object): string[] {
  return Object.keys(record)
    .filter((key) => !known.has(key) && isStorable(key))
    .slice(0, MOST_UNKNOWN_FIELDS);
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
