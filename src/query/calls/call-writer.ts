// Writes the calls of an answer from PostgreSQL's texts, masked if they must be.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Labels } from '../labels/labels.service.js';
import { CALL_FIELDS, type CallField } from './call-fields.js';
import { callJson, jsonMember, nameMember } from './call-json.js';
import { isNameField, LISTED_FIELDS, type ListedField } from './call-names.js';
import { type CallTexts, maskedTexts, showsNumbers } from './call-texts.js';

/** After so many calls, other requests get their turn. They take some 2 ms. */
const CALLS_AT_ONCE = 250;

/** How to write calls. */
export interface CallForm {
  /** The fields beside `callId`; undefined: all. */
  readonly fields: readonly ListedField[] | undefined;
  readonly isMasked: boolean;
  /** The names of tasks and batches. Undefined: the calls have no names. */
  readonly labels?: Labels;
}

/** Texts of JSON, and how many of them show phone numbers. */
interface WrittenEntries {
  readonly texts: readonly string[];
  readonly withNumbers: number;
}

/**
 * Writes a list whose entries are calls, or hold one.
 *
 * @param callOf the call of an entry; undefined if it has none
 * @param write the entry, with its call as JSON; undefined if it has none
 */
export async function writeEntries<Entry>(
  entries: readonly Entry[],
  { fields, isMasked, labels }: CallForm,
  callOf: (entry: Entry) => CallTexts | undefined,
  write: (entry: Entry, call: string | undefined) => string,
): Promise<WrittenEntries> {
  const all = labels === undefined ? CALL_FIELDS : LISTED_FIELDS;
  const names = [...new Set<ListedField>(['callId', ...(fields ?? all)])];
  const members = names.flatMap((name) => {
    if (!isNameField(name)) return [jsonMember(name)];
    return labels === undefined ? [] : [nameMember(name, labels)];
  });
  const json = callJson(members);
  const isShown = showsNumbers(names.filter((name): name is CallField => !isNameField(name)));
  const texts: string[] = [];
  let withNumbers = 0;
  for (const entry of entries) {
    const call = callOf(entry);
    if (call === undefined) texts.push(write(entry, undefined));
    else texts.push(write(entry, json(isMasked ? maskedTexts(call) : call)));
    if (call !== undefined && !isMasked && isShown(call)) withNumbers += 1;
    if (texts.length % CALLS_AT_ONCE === 0) await nextTurn();
  }
  return { texts, withNumbers };
}
