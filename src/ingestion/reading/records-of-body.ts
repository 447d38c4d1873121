// A body's bytes in, its calls and rejects out.
import type { Delivery, Reject } from '../delivery.js';
import { type BodyContent, readBody } from './body-reader.js';
import { type CountedDrift, DriftNotes } from './drift.js';
import type { ReadCall, RecordReader } from './record-reader.js';

/** A body of millions of numbers must not become millions of rows: beyond this, rejects share one entry. */
const MOST_REJECT_ENTRIES = 1000;

/** What a body holds. */
export interface ReadRecords {
  /** Elements of the pushed array, calls and rejects together. */
  readonly records: number;
  readonly calls: readonly ReadCall[];
  readonly rejects: readonly Reject[];
  /** How many records the rejects hold: beyond a bound, many are kept in one. */
  readonly rejectedRecords: number;
  /** Of the calls. */
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

/** @throws UnreadableBodyError when the body holds no records at all */
export function recordsOfBody(body: Buffer, reader: RecordReader): ReadRecords {
  const content = readBody(body);
  const calls: ReadCall[] = [];
  const rejected: RejectedElement[] = [];
  const drift = new DriftNotes();
  content.elements.forEach((element, index) => {
    const reading = reader.read(element.value, () => content.textOf(index), drift);
    if ('record' in reading) calls.push(reading);
    else rejected.push({ index, place: element.place, reason: reading.reason });
  });
  return {
    records: content.elements.length,
    calls,
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
  const reason = `${rest.length} more records that can't be read, kept as one array; of the first: ${first.reason}`;
  const raw = Buffer.from(`[${texts.join(',')}]`);
  return [...single, { place: first.place, reason, raw, records: rest.length }];
}
