// Reads the fields of one of the vendor's messages by the rules in the decorators of its class.
import { fieldsOf, type VendorField } from '../../call/field-decorators.js';
import { withoutSignatures } from '../../json/signed-urls.js';
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
import { isOfSisterProduct, OF_SISTER_PRODUCT } from './message-kind.js';
import { readTags, readTurns } from './note-readers.js';
import { compileChecks, type FieldCheck } from './record-checks.js';

/** A known field that could not be read, or only in part, and why. */
export interface FieldWarning {
  readonly field: string;
  readonly reason: string;
}

/** What was read of a message. */
export interface ReadFields<Message> {
  readonly record: Message;
  /** JSON text of the unknown fields and of the fields that could not be read. */
  readonly extra: string | null;
  readonly warnings: readonly FieldWarning[] | null;
}

/** A record that is not a message about a call. */
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

/** How one field of the message is read. */
interface Field<Name extends string> extends Pick<VendorField<Name>, 'name' | 'jsonType' | 'codes'> {
  readonly read: (raw: unknown, textOf: (key: string) => string) => FieldReading;
  readonly check: FieldCheck;
  readonly mayBeEmpty: boolean;
}

/** An object of the vendor, as it was parsed. */
export type RawRecord = Readonly<Record<string, unknown>>;

/**
 * The most unknown fields that are kept separately. PostgreSQL reads an object of ten thousand fields in 10 ms, and one
 * of a million in 1.4 s.
 */
const MOST_KEPT_FIELDS = 10_000;
/** The name under which further unknown fields are kept together. */
const REST = '…';

/** Reads records of one message. */
export class MessageReader<Message extends Record<keyof Message, FieldValue>> {
  private readonly fields: readonly Field<keyof Message & string>[];
  private readonly known: ReadonlySet<string>;

  /**
   * @param messageClass the class with the decorated fields; its key is the field `callId`
   * @param zone the time zone of the vendor's times without offset
   */
  constructor(
    private readonly messageClass: new () => Message,
    zone: ZonedTime,
  ) {
    const checks = compileChecks(messageClass);
    this.fields = fieldsOf(messageClass).map((field) => {
      const { name, jsonType, codes } = field;
      const check = checks.get(name);
      if (check === undefined) throw new Error(`${messageClass.name}.${name} has no check`);
      return {
        name,
        jsonType,
        codes,
        read: readerOf(field, zone),
        check,
        mayBeEmpty: check(null) === undefined,
      };
    });
    this.known = new Set(this.fields.map(({ name }) => name));
  }

  /**
   * @param raw the parsed record
   * @param text returns the original JSON text of the record
   * @param drift receives the differences from the vendor's documentation
   */
  read(raw: RawRecord, text: () => string, drift: DriftNotes): ReadFields<Message> | UnreadableRecord {
    const record = new this.messageClass();
    const notes: Notes = { kept: [], warnings: [], drift };
    const textOf = memberTextsOf(text);
    for (const field of this.fields) {
      const { name, mayBeEmpty } = field;
      // No field has the name of a property that every object has.
      const present = raw[name];
      // The new record has null already. In a call that nobody answered, this is so for half of the fields.
      if (mayBeEmpty && (present === null || present === undefined)) continue;
      drift.type(name, field.jsonType, present);
      const problem = readField(record, field, present, textOf);
      const value = record[name];
      if (typeof value === 'string' && field.codes?.has(value) === false) drift.unlistedCode(name, value);
      if (problem === undefined) continue;
      if (name === 'callId')
        return { reason: isOfSisterProduct(raw) ? OF_SISTER_PRODUCT : `The callId ${problem}` };
      notes.warnings.push({ field: name, reason: problem });
      drift.unreadableField(name, problem);
      notes.kept.push([name, keepJson(present, () => textOf(name)).json]);
    }
    this.keepUnknown(raw, textOf, notes);
    const { kept, warnings } = notes;
    return {
      record,
      // A URL with a signature may be in a field that its message should not have.
      extra: kept.length === 0 ? null : withoutSignatures(extraJson(kept)),
      warnings: warnings.length === 0 ? null : warnings,
    };
  }

  private keepUnknown(
    raw: RawRecord,
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

function readerOf({ name, kind, jsonType }: VendorField, zone: ZonedTime): Field<string>['read'] {
  switch (kind) {
    case 'text':
      return readText;
    case 'integer':
      return readInteger;
    case 'time':
      return (raw) => readTime(raw, zone);
    case 'json': {
      const readJson = jsonType === 'object' ? readTags : readTurns;
      return (raw, textOf) => readJson(raw, () => textOf(name));
    }
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
function readField<Name extends string>(
  record: Record<Name, FieldValue>,
  { name, read, check }: Field<Name>,
  present: unknown,
  textOf: (key: string) => string,
): string | undefined {
  const reading = read(present, textOf);
  const isFlawed = reading instanceof FieldWithProblem;
  const value = isFlawed ? reading.value : reading;
  const problem = check(value);
  record[name] = problem === undefined ? value : null;
  return isFlawed ? reading.problem : problem;
}

function extraJson(kept: [string, string][]): string {
  kept.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${kept.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}
