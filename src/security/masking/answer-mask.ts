// Answers of the API as those may see them who may not see numbers.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ExactNumber, isExactNumber } from '../../json/exact-numbers.js';
import { NUMBER_FIELDS } from '../../numbers/json-pieces.js';
import { OwnNumbers } from '../../numbers/own-numbers.js';
import { wholeDigits } from '../../numbers/core.js';
import { type MaskRule, ruleOfAnswerField, ruleOfInnerField } from './field-rules.js';
import { maskedParts, maskJsonText } from './json-text-mask.js';
import { HIDDEN, maskNumber } from './number-mask.js';
import { maskReference, maskText } from './text-mask.js';

/** Under this name an entry carries the contents of its call. It is no part of the JSON. */
const CALLS = Symbol('contents of the call');
/** After so many ms others have their turn. */
const LONGEST_TURN_MS = 5;
/** Of one entry so many characters are looked through, each text counted as some more: what is behind them is hidden whole. */
const MOST_CHARACTERS = 1_000_000;
const CHARACTERS_A_TEXT = 8;
/** A longer text is masked in parts, so that others have their turn: whole bodies are among the answers. */
const LONGEST_AT_ONCE = 100_000;

type Fields = Readonly<Record<string, unknown>>;

export async function maskAnswer(answer: unknown): Promise<unknown> {
  if (!isFields(answer) || !Array.isArray(answer['data'])) return maskWhole(answer);
  const data: unknown[] = [];
  let begin = performance.now();
  for (const entry of answer['data'] as unknown[]) {
    data.push(await maskWhole(entry));
    if (performance.now() - begin < LONGEST_TURN_MS) continue;
    await nextTurn();
    begin = performance.now();
  }
  return { ...answer, data };
}

async function maskWhole(entry: unknown): Promise<unknown> {
  const mask = new AnswerMask(entry);
  const masked = mask.of(entry);
  await mask.finish();
  return masked;
}

/** As {@link maskAnswer}, at once: for single entries of what is streamed. They keep their form, but numbers in free JSON become texts. */
export function maskEntry<Entry>(entry: Entry): Entry;
export function maskEntry(entry: unknown): unknown {
  const mask = new AnswerMask(entry);
  const masked = mask.of(entry);
  mask.finishNow();
  return masked;
}

/** How many texts of an entry would be masked, or are too long to be looked through for it. */
export function countMasked(entry: unknown): number {
  const mask = new AnswerMask(entry);
  mask.of(entry);
  return mask.changes + mask.unfinished.length;
}

/** A text that is still to be masked, and where it stands. */
interface Unfinished {
  readonly holder: Record<string, unknown>;
  readonly name: string;
  readonly text: string;
}

class AnswerMask {
  /** How many texts were changed. */
  changes = 0;
  private readonly own = new OwnNumbers();
  unfinished: Unfinished[] = [];
  /** How many characters may still be looked through. */
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

  /** Masks the long texts. */
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

  /** Numbers of answers count something; those of the vendor's JSON may be telephone numbers. */
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
    // The vendor's names may be any, `__proto__` too.
    return Object.fromEntries(masked);
  }

  /** What came and could not be read. What is no text can't be masked, and so is withheld. */
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

/** What is within a number's field is a number, and what somebody asked for stays that. */
function innerRule(rule: MaskRule, name: string): MaskRule {
  return rule === 'number' || rule === 'asked' ? rule : ruleOfInnerField(name);
}

/** Of a change of a field, whose contents stand under `before` and `after`; of anything else, no field. */
function changedField(change: Fields): string {
  return typeof change['field'] === 'string' ? change['field'] : '';
}

/** Named fields; a number with more digits than a double is none. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** Has the numbers of these contents masked in `shown`, whatever they look like there. */
export function withCallNumbers<Shown extends object>(shown: Shown, contents: readonly object[]): Shown {
  return Object.assign(shown, { [CALLS]: contents });
}

/** What {@link withCallNumbers} has noted. */
function callsOf(shown: object): readonly unknown[] {
  const contents: unknown = Reflect.get(shown, CALLS);
  return Array.isArray(contents) ? contents : [];
}
