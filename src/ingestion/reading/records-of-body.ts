import type { Delivery, Reject } from '../delivery.js';
import { type BodyContent, readBody } from './body-reader.js';
import { type CountedDrift, DriftNotes } from './drift.js';
import type { MessageKind } from './message-kind.js';
import type { ReadCall, ReadNote, ReadRecording, RecordReader } from './record-reader.js';

/**
 * The most separate entries in the quarantine for one body. Further rejects share one entry, so that a body of millions
 * of numbers does not become millions of rows.
 */
const MOST_REJECT_ENTRIES = 1000;

/** The content of a body. */
export interface ReadRecords {
  /** How many records the body has, messages and rejects together. */
  readonly records: number;
  readonly calls: readonly ReadCall[];
  readonly notes: readonly ReadNote[];
  readonly recordings: readonly ReadRecording[];
  readonly rejects: readonly Reject[];
  /** How many records the rejects contain. One reject may contain many records. */
  readonly rejectedRecords: number;
  /** The schema drift of the messages. */
  readonly drift: readonly CountedDrift[];
}

/** A delivery whose body has been read. */
export interface ReadDelivery extends ReadRecords {
  readonly delivery: Delivery;
}

interface RejectedElement {
  readonly index: number;
  readonly place: string;
  readonly reason: string;
}

/**
 * Reads the records of a body.
 *
 * @param expected the message of the URL that the body was pushed to
 * @throws UnreadableBodyError when the body contains no records
 */
export function recordsOfBody(body: Buffer, reader: RecordReader, expected?: MessageKind): ReadRecords {
  const content = readBody(body);
  const calls: ReadCall[] = [];
  const notes: ReadNote[] = [];
  const recordings: ReadRecording[] = [];
  const rejected: RejectedElement[] = [];
  const drift = new DriftNotes();
  content.elements.forEach((element, index) => {
    const reading = reader.read(element.value, () => content.textOf(index), drift, expected);
    if ('reason' in reading) rejected.push({ index, place: element.place, reason: reading.reason });
    else if (reading.message === 'report') calls.push(reading);
    else if (reading.message === 'note') notes.push(reading);
    else recordings.push(reading);
  });
  return {
    records: content.elements.length,
    calls,
    notes,
    recordings,
    rejects: rejects(rejected, content),
    rejectedRecords: rejected.length,
    drift: drift.found,
  };
}

function rejects(rejected: readonly RejectedElement[], content: BodyContent): Reject[] {
  const single = rejected.slice(0, MOST_REJECT_ENTRIES).map(({ index, place, reason }) => ({
    place,
    reason,
    raw: Buffer.from(content.textOf(index)),
    records: 1,
  }));
  const rest = rejected.slice(MOST_REJECT_ENTRIES);
  const [first] = rest;
  if (first === undefined) return single;
  const texts = rest.map(({ index }) => content.textOf(index));
  const reason = `${rest.length} more records could not be read and are kept as one array. The first one: ${first.reason}`;
  const raw = Buffer.from(`[${texts.join(',')}]`);
  return [...single, { place: first.place, reason, raw, records: rest.length }];
}
