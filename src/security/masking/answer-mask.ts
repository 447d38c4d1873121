// Masks phone numbers in answers of the API, for keys without `numbers:read`.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Turns } from '../../background/turns.js';
import { type ExactNumber, isExactNumber } from '../../json/exact-numbers.js';
import { NUMBER_FIELDS } from '../../numbers/json-pieces.js';
import { OwnNumbers } from '../../numbers/own-numbers.js';
import { wholeDigits } from '../../numbers/core.js';
import { type MaskRule, ruleOfAnswerField, ruleOfInnerField } from './field-rules.js';
import { maskedParts, maskJsonText } from './json-text-mask.js';
import { HIDDEN, maskNumber } from './number-mask.js';
import { maskReference, maskText } from './text-mask.js';

/** The property in which an entry carries the contents of its call. JSON leaves it out. */
const CALLS = Symbol('contents of the call');
/** After so many ms, other requests get their turn. */
const LONGEST_TURN_MS = 5;
/**
 * The most characters of an entry that are searched for numbers. Each text counts as {@link CHARACTERS_A_TEXT}
 * characters more. Everything beyond is hidden completely.
 */
const MOST_CHARACTERS = 1_000_000;
const CHARACTERS_A_TEXT = 8;
/** A longer text is masked in parts, so that other requests get their turn. Answers may hold whole bodies. */
const LONGEST_AT_ONCE = 100_000;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Masks the numbers of an answer. In a list, each entry is masked alone, and other requests get their turn in between.
 */
export async function maskAnswer(answer: unknown): Promise<unknown> {
  if (!isFields(answer) || !Array.isArray(answer['data'])) return maskWhole(answer);
  const data: unknown[] = [];
  const turns = new Turns(LONGEST_TURN_MS);
  for (const entry of answer['data'] as unknown[]) {
    data.push(await maskWhole(entry));
    await turns.next();
  }
  return { ...answer, data };
}

async function maskWhole(entry: unknown): Promise<unknown> {
  const mask = new AnswerMask(entry);
  const masked = mask.of(entry);
  await mask.finish();
  return masked;
}

/**
 * Like {@link maskAnswer}, but synchronous, for single entries of a stream. Entries keep their form, but masked numbers
 * in free JSON become texts.
 */
export function maskEntry<Entry>(entry: Entry): Entry;
export function maskEntry(entry: unknown): unknown {
  const mask = new AnswerMask(entry);
  const masked = mask.of(entry);
  mask.finishNow();
  return masked;
}

/** Counts the texts of an entry that would be masked, or that are too long to be searched here. */
export function countMasked(entry: unknown): number {
  if (isFields(entry) && Object.entries(entry).every(isKept)) return 0;
  const mask = new AnswerMask(entry);
  mask.of(entry);
  return mask.changes + mask.unfinished.length;
}

/**
 * Whether a field cannot hold a number to mask, as those of statistics. To find that out takes a third of the time of a
 * mask. A change, whose `before` and `after` follow the rule of another field, has its name as text in `field`.
 */
function isKept([name, value]: [name: string, value: unknown]): boolean {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const rule = ruleOfAnswerField(name);
  return rule === 'keep' || (rule === 'text' && typeof value === 'number');
}

/** A text that must still be masked, and the place where it belongs. */
interface Unfinished {
  readonly holder: Record<string, unknown>;
  readonly name: string;
  readonly text: string;
}

class AnswerMask {
  /** The number of changed texts. */
  changes = 0;
  private readonly own = new OwnNumbers();
  unfinished: Unfinished[] = [];
  /** The number of characters that may still be searched. */
  private left = MOST_CHARACTERS;

  constructor(entry: unknown) {
    this.collect(entry);
  }

  of(value: unknown, rule: MaskRule = 'text'): unknown {
    if (value === null || value === undefined) return value;
    if (typeof value === 'string') return this.changed(value, this.text(value, rule));
    if (typeof value === 'number') return this.number(value, rule);
    if (Array.isArray(value)) return value.map((entry: unknown) => this.of(entry, rule));
    if (isExactNumber(value)) return this.number(value, rule);
    if (!isFields(value)) return value;
    return rule === 'text' ? this.fields(value) : this.freeFields(value, rule);
  }

  /** Masks the long texts, with turns for other requests in between. */
  async finish(): Promise<void> {
    const { unfinished } = this;
    if (unfinished.length === 0) return;
    this.unfinished = [];
    for (const { holder, name, text } of unfinished) {
      const parts: string[] = [];
      for (const part of maskedParts(text)) {
        parts.push(part);
        await nextTurn();
      }
      holder[name] = this.changed(text, parts.join(''));
    }
  }

  finishNow(): void {
    for (const { holder, name, text } of this.unfinished) holder[name] = maskJsonText(text);
  }

  private text(text: string, rule: MaskRule): string {
    if (rule === 'keep') return text;
    this.left -= text.length + CHARACTERS_A_TEXT;
    if (this.left < 0) return HIDDEN;
    if (rule === 'number') return maskNumber(text);
    return rule === 'reference' || rule === 'asked'
      ? maskReference(text, this.own)
      : maskText(text, this.own);
  }

  /**
   * Masks a JSON number. Numbers of the API's own fields are counts and stay. Numbers in the vendor's JSON may be phone
   * numbers.
   */
  private number(value: number | ExactNumber, rule: MaskRule): unknown {
    if (rule !== 'number' && rule !== 'free' && rule !== 'reference') return value;
    const json = value.toString();
    const text = wholeDigits(json) ?? json;
    const masked = this.text(text, rule);
    return this.changed(text, masked) === text ? value : masked;
  }

  private fields(value: Fields): Fields {
    const masked: Record<string, unknown> = {};
    for (const [name, field] of Object.entries(value)) {
      const rule = ruleOfAnswerField(name === 'before' || name === 'after' ? changedField(value) : name);
      masked[name] = rule === 'json' ? this.raw(value, name, masked) : this.of(field, rule);
    }
    return masked;
  }

  private freeFields(value: Fields, rule: MaskRule): Fields {
    const masked = new Map<string, unknown>();
    for (const [name, field] of Object.entries(value)) {
      const shown = this.changed(name, this.text(name, 'free'));
      const place = masked.has(shown) ? `${shown} (${masked.size + 1})` : shown;
      masked.set(place, this.of(field, innerRule(rule, name)));
    }
    // `Object.fromEntries` is safe for any name that the vendor uses, even `__proto__`.
    return Object.fromEntries(masked);
  }

  /** Masks the original bytes of a quarantine entry. Bytes that are not text cannot be masked, so they are left out. */
  private raw(value: Fields, name: string, holder: Record<string, unknown>): unknown {
    const raw = value[name];
    if (typeof raw !== 'string') return this.of(raw, 'free');
    if (value['rawEncoding'] === 'base64' || raw.includes('\0')) return this.changed(raw, '');
    if (raw.length <= LONGEST_AT_ONCE) return this.changed(raw, maskJsonText(raw));
    this.unfinished.push({ holder, name, text: raw });
    return raw;
  }

  private changed(before: string, after: string): string {
    if (before !== after) this.changes += 1;
    return after;
  }

  private collect(value: unknown): void {
    if (Array.isArray(value)) {
      for (const entry of value as unknown[]) this.collect(entry);
    } else if (isFields(value)) {
      for (const call of callsOf(value)) this.collect(call);
      for (const [name, field] of Object.entries(value)) {
        if (NUMBER_FIELDS.includes(name)) this.collectNumbers(field);
        else this.collect(field);
      }
    }
  }

  private collectNumbers(value: unknown): void {
    if (typeof value === 'string') this.own.add(value);
    else if (typeof value === 'number') this.own.add(String(value));
    else if (Array.isArray(value) || isFields(value)) {
      for (const inner of Object.values<unknown>(value)) this.collectNumbers(inner);
    }
  }
}

/**
 * The rule for a field within another one. Within the field of a number, everything is a number. Details of the audit
 * keep their rule.
 */
function innerRule(rule: MaskRule, name: string): MaskRule {
  return rule === 'number' || rule === 'asked' ? rule : ruleOfInnerField(name);
}

/**
 * The name of the changed field if the object is a change, whose contents are in `before` and `after`; else empty text.
 */
function changedField(change: Fields): string {
  return typeof change['field'] === 'string' ? change['field'] : '';
}

/** Whether the value is an object with fields. A number with more digits than a double holds is not. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** Makes the mask hide the numbers of these contents everywhere in `shown`, in any notation. */
export function withCallNumbers<Shown extends object>(shown: Shown, contents: readonly object[]): Shown {
  return Object.assign(shown, { [CALLS]: contents });
}

/** The contents that {@link withCallNumbers} has added. */
function callsOf(shown: object): readonly unknown[] {
  const contents: unknown = Reflect.get(shown, CALLS);
  return Array.isArray(contents) ? contents : [];
}
