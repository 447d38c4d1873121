// The one scanner of JSON text. It knows strings, their escapes and the structure, and checks nothing: `syntax.ts` does that.

/** The kinds of tokens. A structural character and the quote of a string are their own UTF-16 unit. */
export const END = 0;
/** Neither a string nor a structural character: a number or a word, and in broken JSON anything else. */
export const BARE = 1;
export const STRING = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

const BACKSLASH = 0x5c;
const BLANK = 2;
/** What each UTF-16 unit begins: a token of its own kind, a {@link BARE} one, or a {@link BLANK}. */
const KINDS = new Uint8Array(0x10000).fill(BARE);
for (const blank of ' \t\r\n') KINDS[blank.charCodeAt(0)] = BLANK;
for (const kind of [STRING, COMMA, COLON, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT])
  KINDS[kind] = kind;

/**
 * Walks once through a text and tells its tokens, without recursion and without memory of its own. Broken JSON is walked through
 * all the same: a string that is not closed ends with the text, and a bare token ends where a string or structure begins.
 *
 * Bytes of UTF-8 are scanned as Latin-1: all structure of JSON is ASCII, and no byte of another character is.
 */
export class JsonScanner {
  /** Where the last token begins; that of a string is its quote. */
  start: number;
  /** Behind the last token. The next one is looked for from here. */
  end: number;
  /** Behind the last character within the quotes of the last string. */
  contentEnd = 0;

  constructor(
    readonly text: string,
    from = 0,
  ) {
    this.start = from;
    this.end = from;
  }

  /** Goes to the next token and returns its kind. */
  next(): number {
    const { text } = this;
    const at = afterBlanks(text, this.end);
    const kind = kindAt(text, at);
    this.start = at;
    if (kind === STRING) {
      this.contentEnd = endOfString(text, at + 1);
      this.end = Math.min(this.contentEnd + 1, text.length);
    } else if (kind === BARE) this.end = endOfBare(text, at);
    else this.end = kind === END ? at : at + 1;
    return kind;
  }

  /** Goes over a colon if it comes next. */
  takeColon(): boolean {
    const at = afterBlanks(this.text, this.end);
    if (this.text.charCodeAt(at) !== COLON) return false;
    this.end = at + 1;
    return true;
  }
}

/** @param from the first character within the quotes; @returns the place of the closing quote, or the text's end without one */
export function endOfString(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = quote;
    while (escapes > from && text.charCodeAt(escapes - 1) === BACKSLASH) escapes -= 1;
    if ((quote - escapes) % 2 === 0) return quote;
  }
  return text.length;
}

/** A loop: a regular expression may use up the stack on a text of millions of blanks. */
export function afterBlanks(text: string, from: number): number {
  let at = from;
  while (kindAt(text, at) === BLANK) at += 1;
  return at;
}

/** As {@link afterBlanks}, backwards. */
export function beforeBlanks(text: string, to: number): number {
  let end = to;
  while (end > 0 && kindAt(text, end - 1) === BLANK) end -= 1;
  return end;
}

/** What a string says, of the text between its quotes; undefined when that is not valid. */
export function unescaped(content: string): string | undefined {
  if (!content.includes('\\')) return content;
  try {
    return String(JSON.parse(`"${content}"`));
  } catch {
    return undefined;
  }
}

/** Behind the last character that is no blank. */
function endOfBare(text: string, from: number): number {
  let end = from + 1;
  for (let at = end; ; at += 1) {
    const kind = kindAt(text, at);
    if (kind === BARE) end = at + 1;
    else if (kind !== BLANK) return end;
  }
}

function kindAt(text: string, at: number): number {
  return at < text.length ? (KINDS[text.charCodeAt(at)] ?? BARE) : END;
}

/** Walks once through the strings of a text that has JSON in it. */
export class Quotes {
  /** The quotes of the first string that ends behind the place asked for last. */
  private open = -1;
  private close = -1;

  constructor(private readonly text: string) {}

  /** @param place not before the one asked for last */
  isInString(place: number): boolean {
    while (this.close < place) {
      const quote = this.text.indexOf('"', this.close + 1);
      this.open = quote < 0 ? Infinity : quote;
      this.close = quote < 0 ? Infinity : endOfString(this.text, quote + 1);
    }
    return this.open < place;
  }
}

/** Where a text stands: from `start` up to, not including, `end` (UTF-16 units). */
export interface Slice {
  readonly start: number;
  readonly end: number;
}

/**
 * The elements of an array, or the members of an object, each with its key.
 *
 * @param json that `JSON.parse` has taken
 */
export function slicesOf(json: string): Slice[] {
  const slices: Slice[] = [];
  const scanner = new JsonScanner(json);
  scanner.next();
  let start: number | undefined;
  let end = 0;
  for (let depth = 1; depth > 0;) {
    const kind = scanner.next();
    if (kind === OPEN_ARRAY || kind === OPEN_OBJECT) depth += 1;
    else if (kind === CLOSE_ARRAY || kind === CLOSE_OBJECT || kind === END) depth -= 1;
    if (depth === 0 || (depth === 1 && kind === COMMA)) {
      if (start !== undefined) slices.push({ start, end });
      start = undefined;
    } else {
      start ??= scanner.start;
      end = scanner.end;
    }
  }
  return slices;
}

/**
 * The text of each member's value as it came, by key. The last of equal keys stands, as with `JSON.parse`.
 *
 * @param object that `JSON.parse` has taken
 */
export function memberTexts(object: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { start, end } of slicesOf(object)) {
    const scanner = new JsonScanner(object, start);
    scanner.next();
    const key = unescaped(object.slice(start + 1, scanner.contentEnd)) ?? '';
    scanner.takeColon();
    texts.set(key, object.slice(afterBlanks(object, scanner.end), end));
  }
  return texts;
}
