import { FixedText, Utf8Text } from '../../json/utf8-text.js';
import type { RecordText } from '../../persistence/sql/record-text.js';
import type { Labels } from '../labels/labels.service.js';
import { CALL_FIELDS, type CallField } from './call-fields.js';
import { type NameField, nameReader } from './call-names.js';
import { copyJson, copyPlain, copyTime, isTrue, jsonRoom } from './call-bytes.js';
import { kindOf, type TextKind } from './call-texts.js';

const NULL = new FixedText('null');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTED = 0x20;
const HEX = '0123456789abcdef';
/** The letters of the control characters that have an escape of their own. */
const SHORT_ESCAPES: Readonly<Partial<Record<number, string>>> = {
  8: 'b',
  9: 't',
  10: 'n',
  12: 'f',
  13: 'r',
};

/** Writes the value of a field, which is not null, at the end of a text. */
type WriteValue = (call: RecordText, index: number, out: Utf8Text) => void;

const WRITERS: Readonly<Record<TextKind, WriteValue>> = {
  id: inQuotes(copyPlain),
  time: inQuotes(copyTime),
  text: writeText,
  number: copyPlain,
  boolean: (call, index, out) => {
    out.addAscii(isTrue(call, index) ? 'true' : 'false');
  },
  json: (call, index, out) => {
    copyJson(call, index, out, '"');
  },
};

/** A member of the written objects. */
export interface JsonMember {
  readonly name: string;
  /** Writes the value at the end of a text. */
  readonly write: (call: RecordText, out: Utf8Text) => void;
}

/** Made once: to make them took a tenth of the time of an answer with one call. */
const MEMBERS = new Map<CallField, JsonMember>(
  CALL_FIELDS.map((name, index) => {
    const writeValue = WRITERS[kindOf(name)];
    const write: JsonMember['write'] = (call, out) => {
      if (call.isNull(index)) out.addFixed(NULL);
      else writeValue(call, index, out);
    };
    return [name, { name, write }];
  }),
);

export function jsonMember(name: CallField): JsonMember {
  const member = MEMBERS.get(name);
  if (member === undefined) throw new Error(`calls have no field ${name}`);
  return member;
}

/** @param valueOf makes JSON of a call */
export function madeMember(name: string, valueOf: (call: RecordText) => string | null): JsonMember {
  return {
    name,
    write: (call, out) => {
      const value = valueOf(call);
      if (value === null) out.addFixed(NULL);
      else out.add(value);
    },
  };
}

export function nameMember(name: NameField, labels: Labels): JsonMember {
  const nameOf = nameReader(labels, name);
  return madeMember(name, (call) => {
    const text = nameOf(call);
    return text === null ? null : JSON.stringify(text);
  });
}

/**
 * Makes the writer of calls as JSON objects, from PostgreSQL's own bytes to those of the answer. With a string for each
 * value, a call took more than twice as long.
 *
 * @param members in this order
 */
export function callJson(members: readonly JsonMember[]): (call: RecordText, out: Utf8Text) => void {
  const parts = members.map(({ name, write }, place) => ({
    head: headOf(`${place === 0 ? '{' : ','}"${name}":`),
    write,
  }));
  return (call, out) => {
    for (const { head, write } of parts) {
      out.addFixed(head);
      write(call, out);
    }
    out.addAscii('}');
  };
}

/** What stands before the value of a member. There are few, because the names are those of fields. */
const HEADS = new Map<string, FixedText>();

function headOf(text: string): FixedText {
  const known = HEADS.get(text);
  if (known !== undefined) return known;
  const head = new FixedText(text);
  HEADS.set(text, head);
  return head;
}

function writeText(call: RecordText, index: number, out: Utf8Text): void {
  const { bytes } = call;
  const end = call.to[index] ?? 0;
  out.reserve(jsonRoom(call, index) + 2);
  const written = out.bytes;
  let at = out.length;
  written[at++] = QUOTE;
  for (let place = call.from[index] ?? 0; place < end; place += 1) {
    const byte = bytes[place] ?? 0;
    if (byte === QUOTE || byte === BACKSLASH) {
      // It is doubled in the record.
      place += 1;
      written[at++] = BACKSLASH;
      written[at++] = byte;
    } else if (byte < FIRST_PRINTED) {
      at = writeEscape(byte, written, at);
    } else {
      written[at++] = byte;
    }
  }
  written[at++] = QUOTE;
  out.length = at;
}

function writeEscape(byte: number, written: Buffer, at: number): number {
  const letter = SHORT_ESCAPES[byte];
  return (
    at +
    written.write(
      letter === undefined ? `\\u00${HEX[byte >> 4] ?? ''}${HEX[byte & 15] ?? ''}` : `\\${letter}`,
      at,
    )
  );
}

function inQuotes(copy: WriteValue): WriteValue {
  return (call, index, out) => {
    out.reserve(1);
    out.bytes[out.length++] = QUOTE;
    copy(call, index, out);
    out.reserve(1);
    out.bytes[out.length++] = QUOTE;
  };
}
