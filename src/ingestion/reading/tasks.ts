// The tasks for large bodies that run on another thread. Their arguments and results are copied between the threads.
import { serialize } from 'node:v8';
import { bufferOf } from '../../workers/received.js';
import { validateBody } from './body-validator.js';
import type { Refusal } from '../delivery.js';
import { UnreadableBodyError } from './body-reader.js';
import type { MessageKind } from './message-kind.js';
import { RecordReader } from './record-reader.js';
import { type ReadRecords, recordsOfBody } from './records-of-body.js';
import { ZonedTime } from '../../time/zoned-time.js';

/** How many messages the main thread unpacks before other work gets its turn. 1,000 calls take 5 ms. */
const MESSAGES_A_PIECE = 1000;

/** The content of a body, in pieces for `v8.deserialize`. */
export interface PackedRecords extends Pick<ReadRecords, 'records' | 'rejectedRecords' | 'drift'> {
  /** Each piece is a serialized `ReadCall[]`. */
  readonly calls: readonly Uint8Array[];
  /** Each piece is a serialized `ReadNote[]`. */
  readonly notes: readonly Uint8Array[];
  /** Each piece is a serialized `ReadRecording[]`. */
  readonly recordings: readonly Uint8Array[];
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

interface ToRead extends OfBody {
  readonly zone: string;
  readonly expected?: MessageKind;
}

const readers = new Map<string, RecordReader>();

/**
 * Reads a body. Times without an offset are in the given time zone. `expected` is the message of the URL that the body
 * was pushed to.
 */
export function read({ body, zone, expected }: ToRead): PackedRecords | Refused {
  const reader = readers.get(zone) ?? new RecordReader(new ZonedTime(zone));
  readers.set(zone, reader);
  return orRefusal(() => {
    const { calls, notes, recordings, rejects, ...rest } = recordsOfBody(bufferOf(body), reader, expected);
    return {
      ...rest,
      calls: inPieces(calls),
      notes: inPieces(notes),
      recordings: inPieces(recordings),
      rejects: serialize(rejects),
    };
  });
}

function inPieces(messages: readonly object[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < messages.length; at += MESSAGES_A_PIECE)
    pieces.push(serialize(messages.slice(at, at + MESSAGES_A_PIECE)));
  return pieces;
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
