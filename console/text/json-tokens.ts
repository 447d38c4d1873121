// Splits JSON into the parts that are told apart by colours. The JSON may be broken: a body that could not be read is shown, too.
import { endOfString } from './record-places.js';

export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'word';
  /** Places in the text, half-open. */
  readonly start: number;
  readonly end: number;
}

const BEGINNING = /"|-?\d[\d.eE+-]*|true|false|null/g;
const COLON = /\s*:/y;

/**
 * The tokens between two places, in order. The text is read from its beginning: whether a quote opens or closes a string depends
 * on all quotes before it.
 *
 * @returns also tokens that only overlap the ends, whole
 */
export function tokensIn(text: string, from: number, to: number): Token[] {
  const tokens: Token[] = [];
  BEGINNING.lastIndex = 0;
  for (let found = BEGINNING.exec(text); found !== null && found.index < to; found = BEGINNING.exec(text)) {
    const { index: start, 0: first } = found;
    const end = first === '"' ? Math.min(text.length, endOfString(text, start) + 1) : BEGINNING.lastIndex;
    BEGINNING.lastIndex = end;
    if (end > from) tokens.push({ kind: kindOf(text, first, end), start, end });
  }
  return tokens;
}

function kindOf(text: string, first: string, end: number): Token['kind'] {
  if (first !== '"') return /\d/.test(first) ? 'number' : 'word';
  COLON.lastIndex = end;
  return COLON.test(text) ? 'name' : 'text';
}
