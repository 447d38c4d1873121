// Reads one JSON value of a push as a message about a call, or says why it is none.
import { hash } from 'node:crypto';
import { CallNote, NOTE_FIELDS } from '../../call/call-note.js';
import { CallRecord, FIELD_NAMES } from '../../call/call-record.js';
import { CallRecording, RECORDING_FIELDS } from '../../call/call-recording.js';
import type { ZonedTime } from '../../time/zoned-time.js';
import type { DriftNotes } from './drift.js';
import type { FieldValue } from './field-readers.js';
import { type MessageKind, messageKindOf } from './message-kind.js';
import { MessageReader, type RawRecord, type ReadFields, type UnreadableRecord } from './message-reader.js';

/** A message that was read, ready for its row. */
export interface ReadMessage<Kind extends MessageKind, Message> extends ReadFields<Message> {
  readonly message: Kind;
  /**
   * A hash of all fields and `extra`, as 32 hexadecimal digits. Equal content has equal hashes, however it was written.
   */
  readonly contentHash: string;
}

export type ReadNote = ReadMessage<'note', CallNote>;
export type ReadRecording = ReadMessage<'recording', CallRecording>;

/** A call's report, ready for the call's row. */
export interface ReadCall extends ReadMessage<'report', CallRecord> {
  /** In epoch milliseconds; null when the record contains no time (then the time of the delivery is used). */
  readonly occurredAt: number | null;
  readonly answered: boolean;
  /** The result of {@link answerDelay}. */
  readonly answerDelay: number | null;
}

const HASH_DIGITS = 32;
/** The fields of the first version. They are part of the hash even if they are empty. */
const FIRST_FIELDS = FIELD_NAMES.slice(0, 22);
/**
 * The fields that were added later. They are part of the hash only if they are not empty, so that calls without them
 * keep their hash.
 */
const ADDED_FIELDS = FIELD_NAMES.slice(FIRST_FIELDS.length);
const LONGEST_ANSWER_DELAY_MS = 86_400_000;

/** Reads records by the rules in the decorators of {@link CallRecord}, {@link CallNote} and {@link CallRecording}. */
export class RecordReader {
  private readonly reports: MessageReader<CallRecord>;
  private readonly notes: MessageReader<CallNote>;
  private readonly recordings: MessageReader<CallRecording>;

  /** @param zone the time zone of the vendor's times without offset */
  constructor(zone: ZonedTime) {
    this.reports = new MessageReader(CallRecord, zone);
    this.notes = new MessageReader(CallNote, zone);
    this.recordings = new MessageReader(CallRecording, zone);
  }

  /**
   * @param value the parsed record
   * @param text returns the original JSON text of the record
   * @param drift receives the differences from the vendor's documentation
   * @param expected the message of the URL that the record was pushed to
   */
  read(
    value: unknown,
    text: () => string,
    drift: DriftNotes,
    expected: MessageKind = 'report',
  ): ReadCall | ReadNote | ReadRecording | UnreadableRecord {
    if (!isObject(value)) return { reason: 'The record is not an object' };
    switch (messageKindOf(value, expected)) {
      case 'report':
        return ifRead(this.reports.read(value, text, drift), reportOf);
      case 'note':
        return ifRead(this.notes.read(value, text, drift), noteOf);
      case 'recording':
        return ifRead(this.recordings.read(value, text, drift), recordingOf);
    }
  }
}

function isObject(value: unknown): value is RawRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ifRead<Fields extends object, Message>(
  reading: Fields | UnreadableRecord,
  messageOf: (fields: Fields) => Message,
): Message | UnreadableRecord {
  return 'reason' in reading ? reading : messageOf(reading);
}

function reportOf({ record, extra, warnings }: ReadFields<CallRecord>): ReadCall {
  const answered = isAnswered(record);
  return {
    message: 'report',
    record,
    occurredAt:
      record.originateTime ?? record.bOriginateTime ?? record.ringTime ?? record.startTime ?? record.endTime,
    answered,
    answerDelay: answerDelay(record, answered),
    extra,
    warnings,
    contentHash: contentHash(record, extra),
  };
}

function noteOf(fields: ReadFields<CallNote>): ReadNote {
  const content = NOTE_FIELDS.map(({ name }) => hashed(name, fields.record[name]));
  return { message: 'note', ...fields, contentHash: hashOf(content.join('') + (fields.extra ?? '')) };
}

/** A new signature of the same file is no other content, so the query part of its URL does not count. */
function recordingOf(fields: ReadFields<CallRecording>): ReadRecording {
  const { record, extra } = fields;
  const content = RECORDING_FIELDS.map(({ name }) =>
    hashed(name, name === 'recordFile' ? withoutQuery(record.recordFile) : record[name]),
  );
  return { message: 'recording', ...fields, contentHash: hashOf(content.join('') + (extra ?? '')) };
}

/** A URL without its query part, which has the signature. */
function withoutQuery(url: string | null): string | null {
  return url?.split(/[?#]/, 1)[0] ?? null;
}

/**
 * Milliseconds from the start of the call to the callee's answer. It is null when the call was not answered, when a
 * time is missing, or when the delay is more than a day, because then a clock was wrong. Without this limit, the sums
 * in the rollups could exceed a `bigint`, because times may be in the years 1 to 9999.
 */
export function answerDelay(record: CallRecord, answered: boolean): number | null {
  if (!answered || record.startTime === null || record.originateTime === null) return null;
  const delay = record.startTime - record.originateTime;
  return Math.abs(delay) <= LONGEST_ANSWER_DELAY_MS ? delay : null;
}

/**
 * Whether the call was answered. The statusCode does not count: the vendor's own example has 200010 (powered off)
 * together with ANSWERED.
 */
function isAnswered(record: CallRecord): boolean {
  if (record.smartStatusCode !== null) return record.smartStatusCode === 'ANSWERED';
  return record.startTime !== null || (record.duration ?? 0) > 0;
}

/**
 * Hashes the content of a record. Fields are separated by NUL, which no text of a record contains. Empty fields are
 * null already.
 */
function contentHash(record: CallRecord, extra: string | null): string {
  let content = '';
  // Object.values().join() alone took twice as long as concatenating and hashing here.
  for (const name of FIRST_FIELDS) content += `${record[name] ?? ''}\0`;
  for (const name of ADDED_FIELDS) content += hashed(name, record[name]);
  content += extra ?? '';
  return hashOf(content);
}

function hashed(name: string, value: FieldValue): string {
  return value === null ? '' : `${name}=${value}\0`;
}

/** The content is hashed as a string: with a Buffer it took 2 µs more, of 6 µs in all. */
function hashOf(content: string): string {
  return hash('sha256', content, 'hex').slice(0, HASH_DIGITS);
}
