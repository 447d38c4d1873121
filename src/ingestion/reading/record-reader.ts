// Reads one JSON value of a push as a call, or says why it is not a call.
import { hash } from 'node:crypto';
import { CallRecord, FIELD_NAMES, type FieldName, VENDOR_FIELDS } from '../../call/call-record.js';
import type { FieldKind } from '../../call/field-decorators.js';
import { memberTexts } from '../../json/scanner.js';
import type { ZonedTime } from '../../time/zoned-time.js';
import type { DriftNotes } from './drift.js';
import {
  type FieldReading,
  type FieldValue,
  FieldWithProblem,
  readInteger,
  readText,
  readTime,
} from './field-readers.js';
import { keepJson, keepKey } from './kept-json.js';
import { isOfSisterProduct, MessageKinds, notTakenYet, OF_SISTER_PRODUCT } from './message-kind.js';
import { compileChecks, type FieldCheck } from './record-checks.js';

/** A known field that could not be read, or only in part, and why. */
export interface FieldWarning {
  readonly field: string;
  readonly reason: string;
}

/** A call, ready for its row. */
export interface ReadCall {
  readonly record: CallRecord;
  /** In epoch milliseconds; null when the record contains no time (then the time of the delivery is used). */
  readonly occurredAt: number | null;
  readonly answered: boolean;
  /** The result of {@link answerDelay}. */
  readonly answerDelay: number | null;
  /** JSON text of the unknown fields and of the fields that could not be read. */
  readonly extra: string | null;
  readonly warnings: readonly FieldWarning[] | null;
  /**
   * A hash of all fields and `extra`, as 32 hexadecimal digits. Equal content has equal hashes, however it was written.
   */
  readonly contentHash: string;
}

/** A record that is not a call. */
export interface UnreadableRecord {
  readonly reason: string;
}

/** What reading a record produces beside the record itself. */
interface Notes {
  /** Members of `extra`. */
  readonly kept: [key: string, json: string][];
  readonly warnings: FieldWarning[];
  readonly drift: DriftNotes;
}

/** How one field of the record is read. */
interface Field {
  readonly name: FieldName;
  readonly kind: FieldKind;
  readonly read: (raw: unknown) => FieldReading;
  readonly check: FieldCheck;
  readonly mayBeEmpty: boolean;
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
/**
 * The most unknown fields that are kept separately. PostgreSQL reads an object of ten thousand fields in 10 ms, and one
 * of a million in 1.4 s.
 */
const MOST_KEPT_FIELDS = 10_000;
/** The name under which further unknown fields are kept together. */
const REST = '…';

/** Reads records by the rules in the decorators of {@link CallRecord}. */
export class RecordReader {
  private readonly fields: readonly Field[];
  private readonly known: ReadonlySet<string>;
  private readonly kinds = new MessageKinds(FIELD_NAMES);

  /** @param zone the time zone of the vendor's times without offset */
  constructor(zone: ZonedTime) {
    const checks = compileChecks(CallRecord);
    const readers = { text: readText, integer: readInteger, time: (raw: unknown) => readTime(raw, zone) };
    this.fields = VENDOR_FIELDS.map(({ name, kind }) => {
      const check = checks.get(name);
      if (check === undefined) throw new Error(`CallRecord.${name} has no check`);
      const mayBeEmpty = check(null) === undefined;
      return { name, kind, read: readers[kind], check, mayBeEmpty };
    });
    this.known = new Set(FIELD_NAMES);
  }

  /**
   * @param value the parsed record
   * @param text returns the original JSON text of the record
   * @param drift receives the differences from the vendor's documentation
   */
  read(value: unknown, text: () => string, drift: DriftNotes): ReadCall | UnreadableRecord {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { reason: 'The record is not an object' };
    }
    const kind = this.kinds.of(value);
    if (kind !== 'report') return { reason: notTakenYet(kind) };
    const raw = value as Readonly<Record<string, unknown>>;
    const record = new CallRecord();
    const notes: Notes = { kept: [], warnings: [], drift };
    const textOf = memberTextsOf(text);
    for (const { name, kind: type, read, check, mayBeEmpty } of this.fields) {
      // No field has the name of a property that every object has.
      const present = raw[name];
      // The new record has null already. In a call that nobody answered, this is so for half of the fields.
      if (mayBeEmpty && (present === null || present === undefined)) continue;
      notes.drift.type(name, type, present);
      const problem = readField(record, name, read(present), check);
      if (problem === undefined) continue;
      if (name === 'callId')
        return { reason: isOfSisterProduct(raw) ? OF_SISTER_PRODUCT : `The callId ${problem}` };
      notes.warnings.push({ field: name, reason: problem });
      notes.drift.unreadableField(name, problem);
      notes.kept.push([name, keepJson(present, () => textOf(name)).json]);
    }
    this.keepUnknown(raw, textOf, notes);
    notes.drift.codes(record);
    return finish(record, notes);
  }

  private keepUnknown(
    raw: Readonly<Record<string, unknown>>,
    textOf: (key: string) => string,
    { kept, warnings, drift }: Notes,
  ): void {
    const rest: string[] = [];
    for (const key in raw) {
      if (this.known.has(key)) continue;
      if (kept.length >= MOST_KEPT_FIELDS) {
        rest.push(key);
        continue;
      }
      const field = keepKey(key);
      const { json, problem } = keepJson(raw[key], () => textOf(key));
      if (problem !== undefined) warnings.push({ field, reason: problem });
      drift.unknownField(field);
      kept.push([field, json]);
    }
    if (rest.length === 0) return;
    let field = REST;
    while (Object.hasOwn(raw, field)) field += REST;
    const texts = rest.map((key) => `${JSON.stringify(key)}:${textOf(key)}`);
    kept.push([field, JSON.stringify(`{${texts.join(',')}}`)]);
    warnings.push({
      field,
      reason: `holds ${rest.length} fields beyond ${MOST_KEPT_FIELDS}, kept as JSON text`,
    });
  }
}

/**
 * Returns a function that gives the original JSON text of a field. The record's text is split once, at the first use.
 */
function memberTextsOf(text: () => string): (key: string) => string {
  let texts: ReadonlyMap<string, string> | undefined;
  return (key) => {
    texts ??= memberTexts(text());
    return texts.get(key) ?? '';
  };
}

/** Sets the field of the record. Returns the problem with its value, if there is one. */
function readField(
  record: Record<FieldName, FieldValue>,
  name: FieldName,
  reading: FieldReading,
  check: FieldCheck,
): string | undefined {
  const isFlawed = reading instanceof FieldWithProblem;
  const value = isFlawed ? reading.value : reading;
  const problem = check(value);
  record[name] = problem === undefined ? value : null;
  return isFlawed ? reading.problem : problem;
}

function finish(record: CallRecord, { kept, warnings }: Notes): ReadCall {
  const extra = kept.length === 0 ? null : extraJson(kept);
  const answered = isAnswered(record);
  return {
    record,
    occurredAt:
      record.originateTime ?? record.bOriginateTime ?? record.ringTime ?? record.startTime ?? record.endTime,
    answered,
    answerDelay: answerDelay(record, answered),
    extra,
    warnings: warnings.length === 0 ? null : warnings,
    contentHash: contentHash(record, extra),
  };
}

function extraJson(kept: [string, string][]): string {
  kept.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${kept.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
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
  for (const name of ADDED_FIELDS) if (record[name] !== null) content += `${name}=${record[name]}\0`;
  content += extra ?? '';
  // The content is hashed as a string: with a Buffer it took 2 µs more, of 6 µs in all.
  return hash('sha256', content, 'hex').slice(0, HASH_DIGITS);
}
