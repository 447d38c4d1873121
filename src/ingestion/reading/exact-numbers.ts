// A record as JSON.parse gives it and its text in, the same record with no digit lost out.
import { mayLoseDigits, parseExact } from '../../json/exact-json.js';
import { memberTexts } from './json-slices.js';

/**
 * The lossless parser takes forty times the text's size, and a second for ten megabytes. Nobody looks into a larger
 * field.
 */
const LONGEST_NESTED_TEXT = 100_000;

/** An array or object whose numbers may have lost digits, so that only its text may be kept. */
export class InexactValue {
  /**
   * @param value as `JSON.parse` gave it
   * @param problem why its numbers were not read digit by digit
   */
  constructor(
    readonly value: unknown,
    readonly problem: string,
  ) {}
}

/**
 * Puts the exact value in the place of each of the record's fields that may have lost digits: a `LosslessNumber`, an array or
 * object that holds such, or an {@link InexactValue}. What is no object is left as it is: it is no call either.
 */
export function withAllDigits(record: unknown, text: string): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record) || !mayLoseDigits(text)) {
    return record;
  }
  for (const [key, json] of memberTexts(text)) {
    if (json.startsWith('"') || !mayLoseDigits(json)) continue;
    Reflect.defineProperty(record, key, { value: exactValue(json, Reflect.get(record, key)) });
  }
  return record;
}

function exactValue(json: string, value: unknown): unknown {
  const isNested = typeof value === 'object';
  if (isNested && json.length > LONGEST_NESTED_TEXT) {
    return new InexactValue(value, 'is too large to read its long numbers digit by digit');
  }
  try {
    return parseExact(json);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new InexactValue(value, 'is nested too deep to read its long numbers digit by digit');
  }
}
