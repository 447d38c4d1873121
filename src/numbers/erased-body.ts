// The bytes of a push and a number in, the same bytes without the number out.
import { isUtf8 } from 'node:buffer';
import { ERASED, type NumberSearch } from './number-forms.js';

const PART_OF_NUMBER = /[0-9.eE+-]/;

/** The text of bytes. What is no UTF-8 is read byte by byte, so that nothing of it is changed by the way. */
export function textOf(bytes: Buffer): string {
  return bytes.toString(encodingOf(bytes));
}

/**
 * Puts a mark in the place of the number, wherever it stands: in a JSON string, or instead of a whole JSON number. All
 * else stays byte for byte, and what was JSON is still JSON.
 *
 * @returns undefined when the number is not there
 */
export function erasedBody(bytes: Buffer, search: NumberSearch): Buffer | undefined {
  const text = textOf(bytes);
  const quotes = new Quotes(text);
  let erased = '';
  let done = 0;
  for (const place of search.places(text)) {
    if (place.start < done) continue;
    const inString = quotes.isInString(place.start);
    const { start, end } = inString ? place : wholeNumber(text, place);
    erased += text.slice(done, start) + (inString ? ERASED : `"${ERASED}"`);
    done = end;
  }
  return done === 0 ? undefined : Buffer.from(erased + text.slice(done), encodingOf(bytes));
}

function encodingOf(bytes: Buffer): 'utf8' | 'latin1' {
  return isUtf8(bytes) ? 'utf8' : 'latin1';
}

function wholeNumber(text: string, place: { start: number; end: number }): { start: number; end: number } {
  let { start, end } = place;
  while (start > 0 && PART_OF_NUMBER.test(text.charAt(start - 1))) start -= 1;
  while (end < text.length && PART_OF_NUMBER.test(text.charAt(end))) end += 1;
  return { start, end };
}

/** Walks once through the quotes of a JSON text. */
class Quotes {
  private position = 0;
  private inString = false;

  constructor(private readonly text: string) {}

  /** @param place not before the one asked for last */
  isInString(place: number): boolean {
    for (;;) {
      const quote = this.text.indexOf('"', this.position);
      if (quote < 0 || quote >= place) return this.inString;
      if (!this.inString || !this.isEscaped(quote)) this.inString = !this.inString;
      this.position = quote + 1;
    }
  }

  private isEscaped(quote: number): boolean {
    let backslashes = 0;
    while (this.text[quote - 1 - backslashes] === '\\') backslashes += 1;
    return backslashes % 2 === 1;
  }
}
