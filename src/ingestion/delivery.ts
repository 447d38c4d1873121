import { hash } from 'node:crypto';
import type { MessageKind } from './reading/message-kind.js';
import { orderedId } from '../persistence/sql/ids.js';

/** How a delivery came into the ledger. */
type DeliveryWay = 'direct' | 'journal' | 'replay' | 'erasure' | 'pull';

/** Why a whole body is refused. */
export interface Refusal {
  readonly reason: string;
  /** `byte 17`, counted from 0, or a JSON Pointer; empty for the whole body. */
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
  /** The message of the URL that it was pushed to. Records without a telling key are taken for this message. */
  readonly expects: MessageKind;
  /** The bytes after decompression. */
  readonly body: Buffer;
  /** The hash of `body`. */
  readonly sha256: Buffer;
  readonly via: DeliveryWay;
  /**
   * Set when the push was refused. A push from the journal stays refused, even if its bytes could be read as records.
   */
  readonly refusal?: Refusal | undefined;
}

/** A record or a whole body that cannot be read as a call. It is kept unchanged. */
export interface Reject {
  /** A JSON Pointer to the record, or `byte n` where the body stops being readable. */
  readonly place: string;
  readonly reason: string;
  readonly raw: Buffer;
  /** 1, or more if many records are kept as one array; null for a whole body. */
  readonly records: number | null;
}

/** Makes the delivery of a push that arrived at `receivedAt` (epoch milliseconds). */
export function arrive(
  source: string,
  remoteAddress: string | null,
  body: Buffer,
  receivedAt: number,
  expects: MessageKind = 'report',
): Delivery {
  return {
    id: orderedId(receivedAt),
    source,
    receivedAt,
    remoteAddress,
    expects,
    body,
    sha256: hash('sha256', body, 'buffer'),
    via: 'direct',
  };
}
