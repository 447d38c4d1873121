// Writes the calls of an answer from PostgreSQL's records, masked if they must be.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Utf8Text } from '../../json/utf8-text.js';
import type { RecordText } from '../../persistence/sql/record-text.js';
import type { Labels } from '../labels/labels.service.js';
import { CALL_FIELDS } from './call-fields.js';
import { callJson, jsonMember, nameMember } from './call-json.js';
import { isNameField, LISTED_FIELDS, type ListedField } from './call-names.js';
import { callReader, type CallRecordText, mask, showsNumbers } from './call-texts.js';

/** After so many calls, other requests get their turn. They take some 1 ms, or 4 where all are masked as objects. */
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
  private readonly json: (call: RecordText, out: Utf8Text) => void;
  private readonly isShown: (call: RecordText) => boolean;
  private readonly isMasked: boolean;
  private readonly reader = callReader();

  constructor({ fields, isMasked, labels }: CallForm) {
    const all = labels === undefined ? CALL_FIELDS : LISTED_FIELDS;
    const names = [...new Set<ListedField>(['callId', ...(fields ?? all)])];
    const members = names.flatMap((name) => {
      if (!isNameField(name)) return [jsonMember(name)];
      return labels === undefined ? [] : [nameMember(name, labels)];
    });
    this.json = callJson(members);
    this.isShown = showsNumbers(fields);
    this.isMasked = isMasked;
  }

  /** Writes a call at the end of a text. */
  write(call: CallRecordText, out: Utf8Text): void {
    this.reader.read(call);
    if (this.isMasked) mask(this.reader);
    else if (this.isShown(this.reader)) this.withNumbers += 1;
    this.json(this.reader, out);
  }
}

/** Writes many entries, with turns for other requests in between. */
export async function inTurns<Entry>(
  entries: readonly Entry[],
  write: (entry: Entry, index: number) => void,
): Promise<void> {
  for (const [index, entry] of entries.entries()) {
    write(entry, index);
    if ((index + 1) % CALLS_AT_ONCE === 0) await nextTurn();
  }
}
