// Finds the names and values of a JSON text in one pass, also of broken JSON.
import { TELEPHONE_NUMBERS } from '../call/call-record.js';
import {
  afterBlanks,
  BARE,
  beforeBlanks,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COMMA,
  END,
  JsonScanner,
  OPEN_ARRAY,
  OPEN_OBJECT,
  STRING,
  unescaped,
} from '../json/scanner.js';
import { JSON_NUMBER, wholeDigits } from './core.js';

/** A name or a value that is neither an object nor an array. */
export interface JsonPiece {
  /** `bare`: a value that is not a string. In broken JSON, this is anything outside of strings. */
  readonly kind: 'name' | 'string' | 'bare';
  /** The place where the piece begins. For a string, this is after its opening quote. */
  readonly from: number;
  /** The place where the piece ends. For a string, this is its closing quote. */
  readonly to: number;
  /** Whether it contains an escape. */
  readonly isEscaped: boolean;
  /** For a value: the name of its field. It is undefined in an array. */
  readonly name: string | undefined;
  /** Whether it is a field of a record, that is, of the outermost object or of an object in the outermost array. */
  readonly isOfRecord: boolean;
  /** Whether it is the value of a field for phone numbers, or is nested in one. */
  readonly isNumber: boolean;
}

/** The content of a name or a value as a range of a text. Usually that text is the JSON itself. */
export interface Content {
  readonly piece: JsonPiece;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The fields of a record that hold phone numbers. */
export const NUMBER_FIELDS: readonly string[] = TELEPHONE_NUMBERS;
const LONGEST_NAME = 100;
const LONGEST_NUMBER = 400;
/** The next JSON after other text: a string, an object or an array. */
const NEXT_JSON = /"|\{(?=[ \t\r\n]{0,20}")|\[(?=[ \t\r\n]{0,20}(?:\{[ \t\r\n]{0,20})?")/g;
const BYTE_ORDER_MARK = '\uFEFF';

/** Whether a text begins like JSON. The rest need not be valid. */
export function looksLikeJson(text: string): boolean {
  const first = text.charAt(afterBlanks(text, text.startsWith(BYTE_ORDER_MARK) ? 1 : 0));
  return first !== '' && '[{"'.includes(first);
}

/** Returns the names and values of a JSON text one after another. */
export class JsonPieces {
  private readonly scanner: JsonScanner;
  private depth = 0;
  /** The brackets that open the two outermost levels. */
  private readonly outermost = [END, END];
  /** The name of the field whose value comes next. */
  private name: string | undefined;
  /** The depth of the enclosing field for phone numbers, if there is one. */
  private numberDepth: number | undefined;
  /** The place of the backslash that the last search found. */
  private backslash = -1;

  constructor(private readonly text: string) {
    this.scanner = new JsonScanner(text, text.startsWith(BYTE_ORDER_MARK) ? 1 : 0);
  }

  /** The next name or value; undefined at the end. */
  next(): JsonPiece | undefined {
    for (;;) {
      const kind = this.scanner.next();
      if (kind === STRING) return this.string();
      if (kind === BARE) return this.bare();
      if (kind === END) return undefined;
      if (kind === OPEN_OBJECT || kind === OPEN_ARRAY) this.open(kind);
      else if (kind === CLOSE_OBJECT || kind === CLOSE_ARRAY) this.close();
      else if (kind === COMMA) this.name = undefined;
    }
  }

  private open(bracket: number): void {
    if (this.depth < this.outermost.length) this.outermost[this.depth] = bracket;
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
    const { scanner } = this;
    const [from, to] = [scanner.start + 1, scanner.contentEnd];
    if (!scanner.takeColon()) return this.value('string', from, to);
    const name = to - from > LONGEST_NAME ? undefined : unescaped(this.text.slice(from, to));
    const piece = this.piece('name', from, to);
    this.name = name ?? '';
    return piece;
  }

  private bare(): JsonPiece {
    const { scanner } = this;
    if (this.depth === 0) this.goBehindText();
    return this.value('bare', scanner.start, scanner.end);
  }

  /** Extends the token to the next JSON. Outside of JSON, commas and brackets may separate the digits of a number. */
  private goBehindText(): void {
    const { scanner, text } = this;
    NEXT_JSON.lastIndex = scanner.end;
    scanner.end = beforeBlanks(text, NEXT_JSON.exec(text)?.index ?? text.length);
  }

  private value(kind: 'string' | 'bare', from: number, to: number): JsonPiece {
    const piece = this.piece(kind, from, to);
    this.name = undefined;
    return piece;
  }

  private piece(kind: JsonPiece['kind'], from: number, to: number): JsonPiece {
    const isNumber = kind !== 'name' && (this.numberDepth !== undefined || this.isNumberField);
    const { name, depth, outermost } = this;
    const [first, second] = outermost;
    const isOfRecord =
      (depth === 1 && first === OPEN_OBJECT) ||
      (depth === 2 && first === OPEN_ARRAY && second === OPEN_OBJECT);
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

/** The content of a piece, with digits instead of `1.39e10`, and characters instead of their escapes. */
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
  return kind === 'bare' && to - from <= LONGEST_NUMBER && JSON_NUMBER.test(text.slice(from, to));
}
