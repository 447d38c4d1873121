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

/** Writes the calls of one answer, and counts those that show phone numbers. */
export class CallWriter {
  /** How many of the written calls show phone numbers. */
  withNumbers = 0;
  private readonly json: (call: CallTexts) => string;
  private readonly isShown: (call: CallTexts) => boolean;
  private readonly isMasked: boolean;

  constructor({ fields, isMasked, labels }: CallForm) {
    const all = labels === undefined ? CALL_FIELDS : LISTED_FIELDS;
    const names = [...new Set<ListedField>(['callId', ...(fields ?? all)])];
    const members = names.flatMap((name) => {
      if (!isNameField(name)) return [jsonMember(name)];
      return labels === undefined ? [] : [nameMember(name, labels)];
    });
    this.json = callJson(members);
    this.isShown = showsNumbers(names.filter((name): name is CallField => !isNameField(name)));
    this.isMasked = isMasked;
  }

  /** Writes entries that are calls, or hold one. */
  async write<Entry>(
    entries: readonly Entry[],
    textOf: (entry: Entry, json: (call: CallTexts) => string) => string,
  ): Promise<readonly string[]> {
    const json = (call: CallTexts) => this.jsonOf(call);
    const texts: string[] = [];
    for (const entry of entries) {
      texts.push(textOf(entry, json));
      if (texts.length % CALLS_AT_ONCE === 0) await nextTurn();
    }
    return texts;
  }

  private jsonOf(call: CallTexts): string {
    if (this.isMasked) return this.json(maskedTexts(call));
    if (this.isShown(call)) this.withNumbers += 1;
    return this.json(call);
  }
}
