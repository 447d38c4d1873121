// JSON whose numbers keep every digit, also where a double can't hold them. No other file knows the library for it.
import { isSafeNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { memberTexts } from './scanner.js';

export { isLosslessNumber as isExactNumber, type LosslessNumber as ExactNumber } from 'lossless-json';

/**
 * Numbers that may come back from `JSON.parse` and `JSON.stringify` written otherwise: 16 characters or more, an exponent, a
 * fraction that ends with 0, a negative zero, or six zeros behind the point (`1e-7`). It also finds such digits inside strings,
 * which costs a slower parse and nothing else.
 */
const RISKY_NUMBER = /(?:^|[:,[\s])(?:-0(?!\.)|-?\d(?:[\d.]{15}|[\d.]*[eE]|\d*\.\d*0(?!\d)|\.0{6}))/;

/** How `JSON.stringify` writes a `LosslessNumber`. Text can't look like this: its quotes are escaped. */
const SIGN_OF_EXACT_NUMBER = '"isLosslessNumber":true';

/**
 * The lossless parser takes forty times the text's size, and a second for ten megabytes. Nobody looks into a larger
 * field.
 */
const LONGEST_NESTED_TEXT = 100_000;

/** Whether some number of a JSON text may be written otherwise once `JSON.parse` has read it. */
export function mayLoseDigits(text: string): boolean {
  return RISKY_NUMBER.test(text);
}

/**
 * As `JSON.parse`, but numbers that JavaScript would write otherwise are `ExactNumber`s, from which {@link stringifyExact} makes
 * the same digits again. Of equal keys the last one stands.
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
 * As `JSON.stringify`, but an `ExactNumber` is written as its digits.
 *
 * Node.js 20 has no `JSON.rawJSON`, and the library's own `stringify` takes 3.4 times as long as the engine's (7 ms for 1,000
 * calls). So it is asked only where there is such a number, or an object of the vendor's that looks like one.
 */
export function stringifyExact(value: unknown): string {
  const json = JSON.stringify(value);
  return json.includes(SIGN_OF_EXACT_NUMBER) ? (stringify(value) ?? 'null') : json;
}

/** The digits of an exact number as a double writes them, if it can hold them: `330.0`, `3.3e2` and `330` are the same. */
export function plainDigits({ value }: LosslessNumber): string {
  return isSafeNumber(value) ? String(Number(value)) : value;
}

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
 * Puts the exact value in the place of each of an object's members that may have lost digits: an `ExactNumber`, an array or
 * object that holds such, or an {@link InexactValue}. What is no object is left as it is.
 *
 * @param value as `JSON.parse` has read it from the text
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
