// JSON text whose numbers may be longer than a double in, an object out that is answered with every digit.
import { isSafeNumber, parse } from 'lossless-json';

/** Digits that only a number of JSON text can hold. No text of the ledger holds a NUL, so none looks like one. */
class ExactNumber {
  constructor(private readonly digits: string) {}

  toJSON(): string {
    return `\0${this.digits}`;
  }
}

const LONG_NUMBER = /[\d.]{16}|\d[eE]/;
const MARKED_NUMBER = /"\\u0000([^"]+)"/g;

/** As `JSON.parse`, but what {@link stringifyExact} makes of the result has all digits of the text. */
export function parseExact(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return parse(text, undefined, (digits) =>
    isSafeNumber(digits) ? Number(digits) : new ExactNumber(digits),
  );
}

/** As `JSON.stringify` (Node.js 20 has no `JSON.rawJSON`). */
export function stringifyExact(value: unknown): string {
  const json = JSON.stringify(value);
  return json.includes('"\\u0000') ? json.replace(MARKED_NUMBER, '$1') : json;
}
