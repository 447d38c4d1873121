// The tasks for large bodies that run on another thread. Their arguments and results are copied between the threads.
import { serialize } from 'node:v8';
import { bufferOf } from '../../workers/received.js';
import { validateBody } from './body-validator.js';
import type { Refusal } from '../delivery.js';
import { UnreadableBodyError } from './body-reader.js';
import { RecordReader } from './record-reader.js';
import { type ReadRecords, recordsOfBody } from './records-of-body.js';
import { ZonedTime } from '../../time/zoned-time.js';

/** How many calls the main thread unpacks before other work gets its turn. 1,000 calls take 5 ms. */
const CALLS_A_PIECE = 1000;

/** The content of a body, in pieces for `v8.deserialize`. */
export interface PackedRecords extends Pick<ReadRecords, 'records' | 'rejectedRecords' | 'drift'> {
  /** Each piece is a serialized `ReadCall[]`. */
  readonly calls: readonly Uint8Array[];
  /** A serialized `Reject[]`. */
  readonly rejects: Uint8Array;
}

/** A body that contains no records. */
export interface Refused {
  readonly refusal: Refusal;
}

interface OfBody {
  readonly body: Uint8Array;
}

const readers = new Map<string, RecordReader>();

/** Reads a body. Times without an offset are in the given time zone. */
export function read({ body, zone }: OfBody & { readonly zone: string }): PackedRecords | Refused {
  const reader = readers.get(zone) ?? new RecordReader(new ZonedTime(zone));
  readers.set(zone, reader);
  return orRefusal(() => {
    const { calls, rejects, ...rest } = recordsOfBody(bufferOf(body), reader);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < calls.length; at += CALLS_A_PIECE)
      pieces.push(serialize(calls.slice(at, at + CALLS_A_PIECE)));
    return { ...rest, calls: pieces, rejects: serialize(rejects) };
  });
}

/** Checks whether a body contains records. Returns undefined when it does. */
export function check({ body }: OfBody): Refused | undefined {
  return orRefusal(() => {
    validateBody(bufferOf(body));
    return undefined;
  });
}

function orRefusal<T>(work: () => T): T | Refused {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UnreadableBodyError)) throw error;
    const { reason, place } = error;
    return { refusal: { reason, place } };
  }
}
