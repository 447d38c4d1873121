// The bytes of a push in, the JSON values of its records out, none of them with a digit lost.
import { errorCode } from '../../../platform/error-code.js';
import { mayLoseDigits, withAllDigits } from '../../json/exact-numbers.js';
import { type Slice, slicesOf } from '../../json/scanner.js';
import { syntaxProblemOf } from '../../json/syntax.js';
import { beyondLimits } from './body-limits.js';

/** One element of the pushed array, or the bare object. */
export interface BodyElement {
  /** Of an object, numbers that `JSON.parse` does not keep are `ExactNumber`s. */
  readonly value: unknown;
  /** JSON Pointer into the body: `/0`, or empty for a bare object. */
  readonly place: string;
}

/** The body is no JSON array or object. Nothing of the body itself is in the message: it goes into logs. */
export class UnreadableBodyError extends Error {
  /**
   * @param reason what is wrong
   * @param place where: `byte 17`, counted from 0, or a JSON Pointer; empty: all of it
   */
  constructor(
    readonly reason: string,
    readonly place: string,
  ) {
    super(place === '' ? reason : `${reason} at ${place}`);
  }
}

/** The records of a body, and the text of each as it came (for the quarantine). */
export interface BodyContent {
  readonly elements: readonly BodyElement[];
  /** The exact text of an element, by its index. */
  textOf(index: number): string;
}

/**
 * The vendor pushes some hundreds at most. Reading is done in one go, and while it is, nobody else is answered: this many
 * take about a second.
 */
const MOST_RECORDS = 50_000;

/**
 * @throws UnreadableBodyError when the bytes are not UTF-8, beyond a limit, not JSON, neither array nor object, or too many records
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

/** By halving: the longest beginning that still decodes when more may follow. */
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

/** Counted from the end: a byte order mark is in the body and not in its text. */
function byteOf(text: string, at: number, body: Buffer): string {
  return `byte ${body.length - Buffer.byteLength(text.slice(at))}`;
}
