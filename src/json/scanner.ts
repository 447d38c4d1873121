// Splits JSON text into tokens. It knows strings, their escapes and the structure, but checks nothing: `syntax.ts` does
// that.

/**
 * The kinds of tokens. For a string and for structural characters, the kind is the UTF-16 unit of the first character.
 */
export const END = 0;
/**
 * A token that is neither a string nor a structural character: a number or a word, and in broken JSON anything else.
 */
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
/** The kind of token that begins with each UTF-16 unit, or {@link BLANK} for whitespace. */
const KINDS = new Uint8Array(0x10000).fill(BARE);
for (const blank of ' \t\r\n') KINDS[blank.charCodeAt(0)] = BLANK;
for (const kind of [STRING, COMMA, COLON, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT])
  KINDS[kind] = kind;

/**
 * Goes through a text once and finds its tokens. It does not recurse, and its memory does not grow with the text. It
 * also scans broken JSON: an unclosed string ends with the text, and a bare token ends where a string or structure
 * begins.
 *
 * Bytes of UTF-8 can be scanned as Latin-1. The structure of JSON is ASCII, and no byte of a non-ASCII character is in
 * the range of ASCII.
 */
export class JsonScanner {
  /** Where the last token begins. For a string, this is its opening quote. */
  start: number;
  /** The place after the last token. The search for the next token begins here. */
  end: number;
  /** The place after the last character within the quotes of the last string. */
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

  /** Skips a colon if it comes next. Returns whether it did. */
  takeColon(): boolean {
    const at = afterBlanks(this.text, this.end);
    if (this.text.charCodeAt(at) !== COLON) return false;
    this.end = at + 1;
    return true;
  }
}

/**
 * @param from the first character within the quotes
 * @returns the place of the closing quote, or the end of the text if there is none
 */
function endOfString(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = quote;
    while (escapes > from && text.charCodeAt(escapes - 1) === BACKSLASH) escapes -= 1;
    if ((quote - escapes) % 2 === 0) return quote;
  }
  return text.length;
}

/**
 * The first place from `from` on that is not whitespace. This is a loop, because a regular expression may overflow the
 * stack on millions of blanks.
 */
export function afterBlanks(text: string, from: number): number {
  let at = from;
  while (kindAt(text, at) === BLANK) at += 1;
  return at;
}

/** The place after the last character before `to` that is not whitespace. */
export function beforeBlanks(text: string, to: number): number {
  let end = to;
  while (end > 0 && kindAt(text, end - 1) === BLANK) end -= 1;
  return end;
}

/**
 * Resolves the escapes of a string. Takes the text between its quotes. Returns undefined when that text is not valid.
 */
export function unescaped(content: string): string | undefined {
  if (!content.includes('\\')) return content;
  try {
    return String(JSON.parse(`"${content}"`));
  } catch {
    return undefined;
  }
}

/** The end of a bare token, without the whitespace that follows it. */
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

/** Says which places of a text with JSON in it are inside a string. It goes through the text once. */
export class Quotes {
  /** The quotes of the first string that ends at or after the place of the last query. */
  private open = -1;
  private close = -1;

  constructor(private readonly text: string) {}

  /** @param place not before the place of the last query */
  isInString(place: number): boolean {
    while (this.close < place) {
      const quote = this.text.indexOf('"', this.close + 1);
      this.open = quote < 0 ? Infinity : quote;
      this.close = quote < 0 ? Infinity : endOfString(this.text, quote + 1);
    }
    return this.open < place;
  }
}

/** A range of a text: from `start` up to, but not including, `end` (in UTF-16 units). */
export interface Slice {
  readonly start: number;
  readonly end: number;
}

/**
 * The ranges of an array's elements, or of an object's members with their keys.
 *
 * @param json an array or object that `JSON.parse` accepts
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
 * The original text of each member's value, by key. If a key occurs twice, the last value counts, as with `JSON.parse`.
 *
 * @param object an object that `JSON.parse` accepts
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
