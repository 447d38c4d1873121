// The text of a push, or of a part of one, in; the same with its numbers masked out. What was JSON still is.
import { maskNumber } from './number-mask.js';
import { OwnNumbers } from './own-numbers.js';
import { ruleOfRecordField } from './field-rules.js';
import { maskReference, maskText } from './text-mask.js';

const JSON_BEGINS = /^[\uFEFF\s]*[[{"]/;
const NUMBER_FIELD = /"(?:caller|realCaller|callee)"\s*:\s*"?([^",}\]\s]{5,64})/g;
const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
/** A value that is no string, or what ends one. */
const BARE = /[^\s,:[\]{}][^,:[\]{}]*|[,[\]{}]/g;
const STRUCTURE = /^[,[\]{}]$/;
const LONGEST_BETWEEN = 65_536;
/** After so much text the next part begins. */
const PART_LENGTH = 262_144;

/** In parts, between which others can have their turn: 1 MB takes some 20 ms. */
export function* maskedParts(text: string): Generator<string> {
  const own = ownNumbersOf(text);
  if (!JSON_BEGINS.test(text)) {
    for (let at = 0; at < text.length;) {
      const end = endOfPart(text, at + PART_LENGTH);
      yield maskText(text.slice(at, end), own);
      at = end;
    }
    return;
  }
  const scan = new Scan(text, own);
  while (!scan.isAtEnd) yield scan.next(PART_LENGTH);
}

export function maskJsonText(text: string): string {
  return [...maskedParts(text)].join('');
}

/** The next place at which no number can be cut in two; or some way on, where there is none. */
function endOfPart(text: string, from: number): number {
  const more = /[^0-9\uFF10-\uFF19 .()\u00A0\-\u2010-\u2015]/.exec(text.slice(from, from + PART_LENGTH));
  return Math.min(text.length, from + (more?.index ?? PART_LENGTH));
}

function ownNumbersOf(text: string): OwnNumbers {
  const own = new OwnNumbers();
  for (const [, number] of text.matchAll(NUMBER_FIELD)) own.add(number ?? '');
  return own;
}

/** Goes through JSON string by string. Broken JSON is no matter: what is in no string is masked as text. */
class Scan {
  private at = 0;
  /** The name of the field whose value comes next. */
  private name: string | undefined;

  constructor(
    private readonly text: string,
    private readonly own: OwnNumbers,
  ) {}

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  next(length: number): string {
    const end = this.at + length;
    let masked = '';
    while (this.at < end && !this.isAtEnd) {
      masked += this.text[this.at] === '"' ? this.string() : this.between();
    }
    return masked;
  }

  private string(): string {
    const end = endOfString(this.text, this.at);
    const content = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    const closing = end < this.text.length ? '"' : '';
    if (this.isBeforeColon()) {
      this.name = content;
      return `"${this.rewritten(content, (text) => maskText(text, this.own))}${closing}`;
    }
    const masked = this.rewritten(content, (text) => this.value(text));
    this.name = undefined;
    return `"${masked}${closing}`;
  }

  private isBeforeColon(): boolean {
    return this.text[this.at] === ':' || /^\s+:/.test(this.text.slice(this.at, this.at + 20));
  }

  /** What stands up to the next string, or a part of it that ends with a value. */
  private between(): string {
    const next = this.text.indexOf('"', this.at);
    const end = next < 0 ? this.text.length : next;
    const comma =
      end - this.at > LONGEST_BETWEEN ? this.text.lastIndexOf(',', this.at + LONGEST_BETWEEN) : -1;
    const text = this.text.slice(this.at, comma > this.at ? comma : end);
    this.at += text.length;
    return text === ':' ? text : text.replace(BARE, (part) => this.bare(part));
  }

  private bare(part: string): string {
    const masked = STRUCTURE.test(part) ? part : this.bareValue(part, part.trim());
    this.name = undefined;
    return masked;
  }

  private bareValue(part: string, token: string): string {
    if (!NUMBER.test(token)) return maskText(part, this.own);
    const number = withoutExponent(token);
    const masked = this.value(number);
    return masked === number ? part : part.replace(token, () => JSON.stringify(masked));
  }

  private value(text: string): string {
    const rule = this.name === undefined ? 'free' : ruleOfRecordField(this.name);
    if (rule === 'keep') return text;
    if (rule === 'number') return maskNumber(text);
    return rule === 'reference' ? maskReference(text, this.own) : maskText(text, this.own);
  }

  /** Masks the content of a string; of one with escapes, what they stand for: digits can be written so. */
  private rewritten(content: string, mask: (text: string) => string): string {
    const text = content.includes('\\') ? unescaped(content) : content;
    if (text === undefined) return mask(content);
    const masked = mask(text);
    if (masked === text) return content;
    return JSON.stringify(masked).slice(1, -1);
  }
}

/** @returns the place of the closing quote, or the text's end when there is none */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = quote;
    while (text[escapes - 1] === '\\') escapes -= 1;
    if ((quote - escapes) % 2 === 0) return quote;
  }
  return text.length;
}

/** @returns undefined when it is no content of a JSON string */
function unescaped(content: string): string | undefined {
  try {
    return String(JSON.parse(`"${content}"`));
  } catch {
    return undefined;
  }
}

/** `1.39e10` is a number of eleven digits too. */
function withoutExponent(token: string): string {
  return /[eE]/.test(token) && Number.isSafeInteger(Number(token)) ? String(Number(token)) : token;
}
