import type { Labels } from '../labels/labels.service.js';
import { CALL_FIELDS, type CallField } from './call-fields.js';
import { idsOf, type NameField, nameIn } from './call-names.js';
import { type CallTexts, kindOf, readingOf, remembering } from './call-texts.js';

type Text = string | null | undefined;

// eslint-disable-next-line no-control-regex -- JSON escapes these characters
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** Writes a text as JSON. Most texts need no escapes. With `JSON.stringify` for all of them, a call took twice as long. */
export function jsonText(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function valuesOf(field: CallField): (text: Text) => string {
  const kind = kindOf(field);
  const reading = readingOf(field);
  if (kind === 'number') return (text) => text ?? 'null';
  if (kind === 'boolean' || kind === 'json')
    return (text) => (text === null || text === undefined ? 'null' : reading(text));
  const write = kind === 'text' ? jsonText : (text: string) => `"${reading(text)}"`;
  return remembering((text) => (text === null || text === undefined ? 'null' : write(text)));
}

/** A member of the written objects. */
export interface JsonMember {
  readonly name: string;
  /** The place of its text in a call. */
  readonly index: number;
  /** Makes JSON of the text, or of the call. */
  readonly valueOf: (text: Text, call: CallTexts) => string;
}

export function jsonMember(name: CallField): JsonMember {
  return { name, index: CALL_FIELDS.indexOf(name), valueOf: valuesOf(name) };
}

export function nameMember(name: NameField, labels: Labels): JsonMember {
  const valueOf = (_text: Text, call: CallTexts) => {
    const text = nameIn(labels, name, idsOf(call));
    return text === null ? 'null' : jsonText(text);
  };
  return { name, index: 0, valueOf };
}

/**
 * Makes the writer of calls as JSON objects, from PostgreSQL's own texts. Parsing them and writing them with
 * `JSON.stringify` took three times as long. A writer keeps texts of the call before, so use one for each answer.
 *
 * @param members in this order
 */
export function callJson(members: readonly JsonMember[]): (call: CallTexts) => string {
  const places = members.map(({ index, valueOf }, place) => ({ index, place: place * 2 + 1, valueOf }));
  const parts = [...members.flatMap(({ name }, place) => [`${place === 0 ? '{' : ','}"${name}":`, '']), '}'];
  return (call) => {
    for (const { index, place, valueOf } of places) parts[place] = valueOf(call[index], call);
    // With `+`, V8 keeps the parts, and its garbage collector copies them until the whole answer is written.
    return parts.join('');
  };
}
