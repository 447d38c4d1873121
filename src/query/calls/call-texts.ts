// The values of a call as PostgreSQL writes them, and how numbers in them are masked.
import { parseExact, stringifyExact } from '../../json/exact-numbers.js';
import { NUMBER_FIELDS } from '../../numbers/json-pieces.js';
import { OwnNumbers } from '../../numbers/own-numbers.js';
import { RecordText } from '../../persistence/sql/record-text.js';
import { maskEntry } from '../../security/masking/answer-mask.js';
import { ruleOfAnswerField } from '../../security/masking/field-rules.js';
import { maskNumber } from '../../security/masking/number-mask.js';
import { maskReference, maskText } from '../../security/masking/text-mask.js';
import { CALL_FIELDS, type CallField, typeOf } from './call-fields.js';
import type { ListedField } from './call-names.js';

type Text = string | null | undefined;

/** A call as a record of PostgreSQL, with the values of `CALL_FIELDS` in their order. */
export type CallRecordText = string;
/** The values of a call in the order of `CALL_FIELDS`, in PostgreSQL's text form. */
export type CallTexts = readonly (string | null)[];

/** Makes what reads calls, one after the other. */
export function callReader(): RecordText {
  return new RecordText(CALL_FIELDS.length);
}

/**
 * The kind of a field's text. `id` and `time` have the ledger's own form, and `text` is the vendor's. `number`,
 * `boolean` and `json` (an object or array) are written as JSON.
 */
export type TextKind = 'id' | 'time' | 'text' | 'number' | 'boolean' | 'json';

/** The kinds by the type of the column. */
const KINDS: Readonly<Partial<Record<string, TextKind>>> = {
  uuid: 'id',
  timestamptz: 'time',
  integer: 'number',
  boolean: 'boolean',
  jsonb: 'json',
};

export function kindOf(field: CallField): TextKind {
  return KINDS[typeOf(field)] ?? 'text';
}

/** How a field is masked if the call has no JSON. Undefined: it holds no number. */
const MASKS = CALL_FIELDS.map((field) => {
  if (kindOf(field) !== 'text') return undefined;
  const rule = ruleOfAnswerField(field);
  if (rule === 'keep') return undefined;
  if (rule === 'number') return maskNumber;
  return rule === 'reference' ? maskReference : maskText;
});
const JSON_FIELDS = CALL_FIELDS.flatMap((field, index) => (kindOf(field) === 'json' ? [index] : []));
const NUMBERS = CALL_FIELDS.flatMap((field, index) => (NUMBER_FIELDS.includes(field) ? [index] : []));

/** Returns the call with masked numbers, for keys without `numbers:read`. */
function maskedTexts(call: CallTexts): CallTexts {
  if (JSON_FIELDS.some((index) => call[index] !== null)) return maskedWithJson(call);
  const own = new OwnNumbers();
  for (const index of NUMBERS) own.add(call[index] ?? '');
  return call.map((text, index) => (text === null ? null : (MASKS[index]?.(text, own) ?? text)));
}

/** Masks the numbers of a call that was read. */
export function mask(call: RecordText): void {
  const texts = call.texts();
  for (const [index, masked] of maskedTexts(texts).entries())
    if (masked !== null && masked !== texts[index]) call.replace(index, masked);
}

/**
 * Makes a function that says whether a call shows a number to those who may see it.
 *
 * @param fields what is shown beside `callId`; undefined: all
 */
export function showsNumbers(fields: readonly ListedField[] | undefined): (call: RecordText) => boolean {
  const shown = CALL_FIELDS.map((name) => name === 'callId' || (fields?.includes(name) ?? true));
  const numbers = NUMBERS.filter((index) => shown[index] === true);
  return (call) => {
    if (numbers.some((index) => !call.isEmpty(index))) return true;
    const texts = call.texts();
    return maskedTexts(texts).some((hidden, index) => {
      const text = texts[index] ?? '';
      if (shown[index] !== true || text === hidden || text === '') return false;
      return (JSON_FIELDS.includes(index) ? stringifyExact(parseExact(text)) : text) !== hidden;
    });
  };
}

function maskedWithJson(call: CallTexts): CallTexts {
  const fields = CALL_FIELDS.map((field, index) => [field, valueOf(field, call[index])] as const);
  const masked = maskEntry(Object.fromEntries(fields.filter(([, value]) => value !== undefined)));
  return call.map((text, index) => {
    const field = CALL_FIELDS[index];
    if (text === null || field === undefined || !(field in masked)) return text;
    const value = masked[field];
    return typeof value === 'string' ? value : stringifyExact(value);
  });
}

/** The value of a field that may hold numbers; undefined for other fields. */
function valueOf(field: CallField, text: Text): unknown {
  const kind = kindOf(field);
  if (kind === 'text') return text ?? null;
  if (kind !== 'json') return undefined;
  return text === null || text === undefined ? null : parseExact(text);
}
