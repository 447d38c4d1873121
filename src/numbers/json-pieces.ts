// Walks once through the text of JSON and tells of its names and values. Broken JSON is walked through all the same.
import { TELEPHONE_NUMBERS } from '../call/call-record.js';
import { wholeDigits } from './core.js';

/** A name or a value that is neither an object nor an array. */
export interface JsonPiece {
  /** `bare`: a value that is no string; of broken JSON anything that is in no string. */
  readonly kind: 'name' | 'string' | 'bare';
  /** Of what is between the quotes. */
  readonly from: number;
  readonly to: number;
  readonly isEscaped: boolean;
  /** Of a value: the name of its field; undefined in an array. */
  readonly name: string | undefined;
  /** Whether it is a field of a record: of the outermost object, or of an object of the outermost array. */
  readonly isOfRecord: boolean;
  /** Whether it stands in a field for telephone numbers, at whatever depth. */
  readonly isNumber: boolean;
}

/** What a name or a value says: a range of a text, mostly of the JSON itself. */
export interface Content {
  readonly piece: JsonPiece;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The fields of a record that hold telephone numbers. */
export const NUMBER_FIELDS: readonly string[] = TELEPHONE_NUMBERS;
const LONGEST_NAME = 100;
const LONGEST_NUMBER = 400;
const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const QUOTE = '"';
const BACKSLASH = 0x5c;
/** What ends a bare value. */
const BARE_END = /[",:[\]{}]/g;
/** What ends a text that stands behind JSON: a string, an object, an array. */
const NEXT_JSON = /"|\{(?=[ \t\r\n]{0,20}")|\[(?=[ \t\r\n]{0,20}(?:\{[ \t\r\n]{0,20})?")/g;
const BLANKS = ' \t\r\n';
const BYTE_ORDER_MARK = '\uFEFF';

/** Whether a text is JSON, or was meant to be. */
export function looksLikeJson(text: string): boolean {
  const first = text.charAt(afterBlanks(text, text.startsWith(BYTE_ORDER_MARK) ? 1 : 0));
  return first !== '' && '[{"'.includes(first);
}

/** The content of a JSON string; undefined when it is none. */
export function unescaped(content: string): string | undefined {
  if (!content.includes('\\')) return content;
  try {
    return String(JSON.parse(`"${content}"`));
  } catch {
    return undefined;
  }
}

export class JsonPieces {
  private at: number;
  private depth = 0;
  /** The brackets of the two outermost depths. */
  private outermost = '';
  /** The name of the field whose value comes next. */
  private name: string | undefined;
  /** The depth of the field for numbers in which this is. */
  private numberDepth: number | undefined;
  /** The place of the next backslash that was looked for. */
  private backslash = -1;

  constructor(private readonly text: string) {
    this.at = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  }

  /** The next one; undefined at the end. */
  next(): JsonPiece | undefined {
    const { text } = this;
    while (this.at < text.length) {
      this.at = afterBlanks(text, this.at);
      const character = text.charAt(this.at);
      if (character === QUOTE) return this.string();
      if (character === '{' || character === '[') this.open(character);
      else if (character === '}' || character === ']') this.close();
      else if (character === ',') this.name = undefined;
      else if (character !== ':' && character !== '') return this.bare();
      this.at += 1;
    }
    return undefined;
  }

  private open(bracket: string): void {
    if (this.depth < 2) this.outermost = this.outermost.slice(0, this.depth) + bracket;
    if (this.numberDepth === undefined && this.isNumberField) this.numberDepth = this.depth;
    this.depth += 1;
    this.name = undefined;
  }

  private close(): void {
    this.depth = Math.max(0, this.depth - 1);
    if (this.numberDepth !== undefined && this.depth <= this.numberDepth) this.numberDepth = undefined;
    this.name = undefined;
  }

  private string(): JsonPiece {
    const { text } = this;
    const from = this.at + 1;
    const to = endOfString(text, from);
    this.at = afterBlanks(text, to + 1);
    if (text.charAt(this.at) !== ':') return this.value('string', from, to);
    this.at += 1;
    const name = to - from > LONGEST_NAME ? undefined : unescaped(text.slice(from, to));
    const piece = this.piece('name', from, to);
    this.name = name ?? '';
    return piece;
  }

  private bare(): JsonPiece {
    const from = this.at;
    const end = this.endOfBare(from);
    let to = end;
    while (to > from && BLANKS.includes(this.text.charAt(to - 1))) to -= 1;
    this.at = end;
    return this.value('bare', from, to);
  }

  /** Behind the JSON, a comma or a bracket may stand between the digits of a number. */
  private endOfBare(from: number): number {
    const pattern = this.depth === 0 ? NEXT_JSON : BARE_END;
    pattern.lastIndex = from;
    return pattern.exec(this.text)?.index ?? this.text.length;
  }

  private value(kind: 'string' | 'bare', from: number, to: number): JsonPiece {
    const piece = this.piece(kind, from, to);
    this.name = undefined;
    return piece;
  }

  private piece(kind: JsonPiece['kind'], from: number, to: number): JsonPiece {
    const isNumber = kind !== 'name' && (this.numberDepth !== undefined || this.isNumberField);
    const { name, depth, outermost } = this;
    const isOfRecord = (depth === 1 && outermost.startsWith('{')) || (depth === 2 && outermost === '[{');
    const isEscaped = kind !== 'bare' && this.isEscaped(from, to);
    return { kind, from, to, isEscaped, name: kind === 'name' ? undefined : name, isOfRecord, isNumber };
  }

  private isEscaped(from: number, to: number): boolean {
    if (this.backslash < from) {
      const next = this.text.indexOf('\\', from);
      this.backslash = next < 0 ? Infinity : next;
    }
    return this.backslash < to;
  }

  private get isNumberField(): boolean {
    return this.name !== undefined && NUMBER_FIELDS.includes(this.name);
  }
}

/** The place of the closing quote, or the text's end when there is none. */
function endOfString(text: string, from: number): number {
  for (let quote = text.indexOf(QUOTE, from); quote >= 0; quote = text.indexOf(QUOTE, quote + 1)) {
    let escapes = quote;
    while (escapes > from && text.charCodeAt(escapes - 1) === BACKSLASH) escapes -= 1;
    if ((quote - escapes) % 2 === 0) return quote;
  }
  return text.length;
}

/** A loop: of a text of millions of blanks, a regular expression may use up the stack. */
function afterBlanks(text: string, at: number): number {
  let end = at;
  while (end < text.length && BLANKS.includes(text.charAt(end))) end += 1;
  return end;
}

/** What a piece says: digits instead of `1.39e10`, and characters instead of their escapes. */
export function contentOf(text: string, piece: JsonPiece): Content {
  const { kind, from, to, isEscaped } = piece;
  const same = { piece, text, from, to };
  if (kind === 'bare') {
    const token = to - from > LONGEST_NUMBER ? '' : text.slice(from, to);
    const digits = wholeDigits(token);
    return digits === undefined || digits === token
      ? same
      : { piece, text: digits, from: 0, to: digits.length };
  }
  const said = isEscaped ? unescaped(text.slice(from, to)) : undefined;
  return said === undefined ? same : { piece, text: said, from: 0, to: said.length };
}

/** Whether a value is a number of JSON. */
export function isJsonNumber({ kind, from, to }: JsonPiece, text: string): boolean {
  return kind === 'bare' && to - from <= LONGEST_NUMBER && NUMBER.test(text.slice(from, to));
}

/** Walks once through the quotes of a text that has JSON in it. */
export class Quotes {
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
