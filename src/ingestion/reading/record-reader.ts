// One JSON value of a push in, a call or the reason why it is none out.
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

/** A known field that could not be read, or not wholly, and why. */
export interface FieldWarning {
  readonly field: string;
  readonly reason: string;
}

/** A record that is a call, ready for its row. */
export interface ReadCall {
  readonly record: CallRecord;
  /** Epoch milliseconds; null when the record names no time at all (then the delivery's counts). */
  readonly occurredAt: number | null;
  readonly answered: boolean;
  /** As {@link answerDelay} gives it. */
  readonly answerDelay: number | null;
  /** JSON text of the fields that are not the vendor's known ones, and of those that could not be read. */
  readonly extra: string | null;
  readonly warnings: readonly FieldWarning[] | null;
  /** 32 hexadecimal digits over all fields and `extra`: equal content has equal hashes, however it was written. */
  readonly contentHash: string;
}

/** A record that is no call. */
export interface UnreadableRecord {
  readonly reason: string;
}

/** What reading a record gives beside the record itself. */
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
/** Those of the first version are in the hash also where they are empty. */
const FIRST_FIELDS = FIELD_NAMES.slice(0, 22);
/** Those that were added since are not: a call that lacks them has the hash that it had before. */
const ADDED_FIELDS = FIELD_NAMES.slice(FIRST_FIELDS.length);
const LONGEST_ANSWER_DELAY_MS = 86_400_000;
/** PostgreSQL reads an object of ten thousand in 10 ms, one of a million in 1.4 s. */
const MOST_KEPT_FIELDS = 10_000;
/** Where the unknown fields beyond those are kept, together. */
const REST = '…';

/** Reads records by the rules that the decorators of {@link CallRecord} state. */
export class RecordReader {
  private readonly fields: readonly Field[];
  private readonly known: ReadonlySet<string>;
  private readonly kinds = new MessageKinds(FIELD_NAMES);

  /** @param zone of the vendor's times without offset */
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
   * @param value the record, parsed
   * @param text gives the record's JSON text as it came
   * @param drift is told of what the vendor's pages do not say
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
      // None of these names is one that every object has.
      const present = raw[name];
      // As it is in the new record. Half of the fields of a call that nobody answered.
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

/** Gives a field's JSON text as it came. The record's text is cut up when the first is asked for, and only once. */
function memberTextsOf(text: () => string): (key: string) => string {
  let texts: ReadonlyMap<string, string> | undefined;
  return (key) => {
    texts ??= memberTexts(text());
    return texts.get(key) ?? '';
  };
}

/** Sets the field of the record. Returns what is wrong with it, if anything. */
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
 * Milliseconds from the call's start to the callee's answer; null when not answered or not known, or when a clock was
 * wrong: nobody rings for a day. Without that bound, the rollups' sums of years 1 to 9999 outgrow a `bigint`.
 */
export function answerDelay(record: CallRecord, answered: boolean): number | null {
  if (!answered || record.startTime === null || record.originateTime === null) return null;
  const delay = record.startTime - record.originateTime;
  return Math.abs(delay) <= LONGEST_ANSWER_DELAY_MS ? delay : null;
}

/** Never by statusCode: the vendor's own example has 200010 (powered off) beside ANSWERED. */
function isAnswered(record: CallRecord): boolean {
  if (record.smartStatusCode !== null) return record.smartStatusCode === 'ANSWERED';
  return record.startTime !== null || (record.duration ?? 0) > 0;
}

/** No text of a record holds a NUL, so NUL parts the fields without doubt; empty fields are null already. */
function contentHash(record: CallRecord, extra: string | null): string {
  let content = '';
  // Object.values().join() took twice as long as adding up and hashing together.
  for (const name of FIRST_FIELDS) content += `${record[name] ?? ''}\0`;
  for (const name of ADDED_FIELDS) if (record[name] !== null) content += `${name}=${record[name]}\0`;
  content += extra ?? '';
  // As a text: a Buffer of it took 2 µs more, of 6 in all.
  return hash('sha256', content, 'hex').slice(0, HASH_DIGITS);
}
