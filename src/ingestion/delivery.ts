// What goes from hand to hand on the way of a push.
import { hash } from 'node:crypto';
import { orderedId } from '../persistence/sql/ids.js';

/** How a delivery came into the ledger. */
export type DeliveryWay = 'direct' | 'journal' | 'replay' | 'erasure';

/** Why a whole body is refused. */
export interface Refusal {
  readonly reason: string;
  /** `byte 17`, counted from 0, or a JSON Pointer. */
  readonly place: string;
}

/** One push, as it arrived. */
export interface Delivery {
  /** UUIDv7 whose time is `receivedAt`. */
  readonly id: string;
  readonly source: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly remoteAddress: string | null;
  /** After decompression. */
  readonly body: Buffer;
  /** Of `body`. */
  readonly sha256: Buffer;
  readonly via: DeliveryWay;
  /** Set when the push was refused. It stays so by way of the journal, though its bytes might be read as records. */
  readonly refusal?: Refusal | undefined;
}

/** A record, or a whole body, that is no call, kept as it came. */
export interface Reject {
  /** JSON Pointer of the record, or `byte n` where the whole body breaks. */
  readonly place: string;
  readonly reason: string;
  readonly raw: Buffer;
  /** 1, or more where many records are kept as one array; null for a whole body. */
  readonly records: number | null;
}

/** Makes the delivery of a push that arrived at `receivedAt` (epoch milliseconds). */
export function arrive(
  source: string,
  remoteAddress: string | null,
  body: Buffer,
  receivedAt: number,
): Delivery {
  return {
    id: orderedId(receivedAt),
    source,
    receivedAt,
    remoteAddress,
    body,
    sha256: hash('sha256', body, 'buffer'),
    via: 'direct',
  };
}
