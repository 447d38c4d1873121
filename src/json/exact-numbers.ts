// Reads and writes JSON so that numbers keep every digit, even where a double cannot hold them. Only this file uses
// `lossless-json`.
import { isSafeNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { memberTexts } from './scanner.js';

export { isLosslessNumber as isExactNumber, type LosslessNumber as ExactNumber } from 'lossless-json';

/**
 * Matches numbers that `JSON.parse` and `JSON.stringify` may write differently: 16 characters or more, an exponent, a
 * fraction that ends with 0, a negative zero, or six zeros after the point (written back as `1e-7`). It also matches
 * such digits inside strings. That only makes the parse slower.
 */
const RISKY_NUMBER = /(?:^|[:,[\s])(?:-0(?!\.)|-?\d(?:[\d.]{15}|[\d.]*[eE]|\d*\.\d*0(?!\d)|\.0{6}))/;

/**
 * What `JSON.stringify` writes for a `LosslessNumber`. A string cannot contain this, because its quotes are escaped.
 */
const SIGN_OF_EXACT_NUMBER = '"isLosslessNumber":true';

/**
 * The largest nested value that the lossless parser reads, in characters. The parser takes forty times the text's size
 * in memory, and one second for 10 MB. No code reads inside larger fields.
 */
const LONGEST_NESTED_TEXT = 100_000;

/** Whether a number in a JSON text may be written differently after `JSON.parse` has read it. */
export function mayLoseDigits(text: string): boolean {
  return RISKY_NUMBER.test(text);
}

/**
 * Works like `JSON.parse`, but returns an `ExactNumber` for each number that JavaScript would write differently.
 * {@link stringifyExact} writes its digits unchanged. If a key occurs twice, the last value counts.
 */
export function parseExact(text: string): unknown {
  if (!mayLoseDigits(text)) return JSON.parse(text);
  return parse(text, undefined, {
    parseNumber: (digits) =>
      String(Number(digits)) === digits ? Number(digits) : new LosslessNumber(digits),
    onDuplicateKey: ({ newValue }) => newValue,
  });
}

/**
 * Works like `JSON.stringify`, but writes an `ExactNumber` as its digits.
 *
 * Node.js 20 has no `JSON.rawJSON`. The library's own `stringify` takes 3.4 times as long as the engine's (7 ms for
 * 1,000 calls). So it is used only where there is such a number, or an object from the vendor that looks like one.
 */
export function stringifyExact(value: unknown): string {
  const json = JSON.stringify(value);
  return json.includes(SIGN_OF_EXACT_NUMBER) ? (stringify(value) ?? 'null') : json;
}

/**
 * The digits of an exact number, in the form in which a double is written if a double can hold it: `330.0` and `3.3e2`
 * give `330`.
 */
export function plainDigits({ value }: LosslessNumber): string {
  return isSafeNumber(value) ? String(Number(value)) : value;
}

/** An array or object whose numbers may have lost digits. Store its original text instead. */
export class InexactValue {
  /**
   * @param value what `JSON.parse` returned
   * @param problem why its numbers were not read digit by digit
   */
  constructor(
    readonly value: unknown,
    readonly problem: string,
  ) {}
}

/**
 * Replaces each member of an object that may have lost digits by its exact value. That is an `ExactNumber`, an array or
 * object with such numbers, or an {@link InexactValue}. A value that is not an object is returned unchanged.
 *
 * @param value what `JSON.parse` has read from the text
 */
export function withAllDigits(value: unknown, text: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !mayLoseDigits(text))
    return value;
  for (const [key, json] of memberTexts(text)) {
    if (json.startsWith('"') || !mayLoseDigits(json)) continue;
    Reflect.defineProperty(value, key, { value: exactValue(json, Reflect.get(value, key)) });
  }
  return value;
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
