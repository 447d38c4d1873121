// Reads the bytes of a push as JSON values, one for each record. Numbers keep all digits.
import { errorCode } from '../../../platform/error-code.js';
import { mayLoseDigits, withAllDigits } from '../../json/exact-numbers.js';
import { type Slice, slicesOf } from '../../json/scanner.js';
import { syntaxProblemOf } from '../../json/syntax.js';
import { beyondLimits } from './body-limits.js';

/** One element of the pushed array, or the bare object. */
interface BodyElement {
  /** The value from `JSON.parse`. The members of an object that it would change are `ExactNumber`s. */
  readonly value: unknown;
  /** A JSON Pointer into the body: `/0`, or empty for a bare object. */
  readonly place: string;
}

/** The body cannot be read as records. The message contains no part of the body, because it goes into logs. */
export class UnreadableBodyError extends Error {
  /**
   * @param reason what is wrong
   * @param place where: `byte 17`, counted from 0, or a JSON Pointer; empty for the whole body
   */
  constructor(
    readonly reason: string,
    readonly place: string,
  ) {
    super(place === '' ? reason : `${reason} at ${place}`);
  }
}

/** The records of a body, and the original text of each one (for the quarantine). */
export interface BodyContent {
  readonly elements: readonly BodyElement[];
  /** The original text of an element, by its index. */
  textOf(index: number): string;
}

/**
 * The most records in a body. The vendor pushes a few hundred at most. Reading is not interrupted, and blocks other
 * requests of its thread meanwhile: this many records take about a second.
 */
const MOST_RECORDS = 50_000;

/**
 * Reads the records of a body.
 *
 * @throws UnreadableBodyError when the body is not UTF-8, exceeds a limit, is not JSON, is neither an array nor an
 *   object, or has too many records
 */
export function readBody(body: Buffer): BodyContent {
  const text = decode(body);
  const excess = beyondLimits(text);
  if (excess !== undefined) throw new UnreadableBodyError(excess.reason, byteOf(text, excess.at, body));
  const value = parseText(text, body);
  if (typeof value !== 'object' || value === null) {
    throw new UnreadableBodyError('The body is neither a JSON array nor an object', 'byte 0');
  }
  const isArray = Array.isArray(value);
  let slices: Slice[] | undefined;
  const textOf = (index: number): string => {
    if (!isArray) return text;
    slices ??= slicesOf(text);
    const slice = slices[index];
    return slice === undefined ? '' : text.slice(slice.start, slice.end);
  };
  const values: readonly unknown[] = isArray ? value : [value];
  if (values.length > MOST_RECORDS) {
    throw new UnreadableBodyError(`The body holds more than ${MOST_RECORDS} records`, `/${MOST_RECORDS}`);
  }
  const risky = mayLoseDigits(text);
  const elements = values.map((element, index): BodyElement => {
    const place = isArray ? `/${index}` : '';
    return { value: risky ? withAllDigits(element, textOf(index)) : element, place };
  });
  return { elements, textOf };
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    if (errorCode(error) !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new UnreadableBodyError('The body is not UTF-8', `byte ${firstInvalidByte(body)}`);
  }
}

/** Finds the first byte that is not UTF-8, by binary search for the longest valid beginning. */
function firstInvalidByte(body: Buffer): number {
  let valid = 0;
  let invalid = body.length + 1;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decodes(body.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

function decodes(beginning: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(beginning, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function parseText(text: string, body: Buffer): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw notJson(text, body);
  }
}

function notJson(text: string, body: Buffer): UnreadableBodyError {
  if (text.trim() === '') return new UnreadableBodyError('The body is empty, not JSON', 'byte 0');
  const { at, reason } = syntaxProblemOf(text) ?? { at: 0, reason: 'unexpected character' };
  return new UnreadableBodyError(`The body is not JSON: ${reason}`, byteOf(text, at, body));
}

/**
 * Converts a place in the text to a byte of the body. It counts from the end, because a byte order mark is in the body
 * but not in its text.
 */
function byteOf(text: string, at: number, body: Buffer): string {
  return `byte ${body.length - Buffer.byteLength(text.slice(at))}`;
}
