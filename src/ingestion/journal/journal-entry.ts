// Encodes deliveries as entries of a journal segment, and decodes them. Checksums reveal all damage.
import { crc32 } from 'node:zlib';
import type { Delivery, Refusal } from '../delivery.js';
import type { MessageKind } from '../reading/message-kind.js';

// The format of an entry: a mark of 4 bytes; the length of the head, the length of the body, and a CRC-32 of both
// lengths, head and body (4 bytes each, big-endian); the head (JSON); the body.
const MARK = Buffer.from('CLJ1');
const FRAME_BYTES = 16;

/** What was found at a place of a segment. */
export type Scanned =
  | { readonly kind: 'entry'; readonly delivery: Delivery; readonly end: number }
  /** An incomplete entry at the end of the segment. It was being written when the process or the machine stopped. */
  | { readonly kind: 'torn' }
  /** Bytes that were a whole entry once. `end` is where the next entry may begin. */
  | { readonly kind: 'damaged'; readonly end: number };

interface Head {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: number;
  readonly remoteAddress: string | null;
  readonly sha256: string;
  /** Absent for a report, and in entries of versions that took reports only. */
  readonly expects?: MessageKind | undefined;
  readonly refusal?: Refusal | undefined;
}

/** Encodes an entry. Returns its bytes in pieces that must be written one after the other. */
export function encodeEntry(delivery: Delivery): Buffer[] {
  const { id, source, receivedAt, remoteAddress, expects, sha256, body, refusal } = delivery;
  const head: Head = {
    ...{ id, source, receivedAt, remoteAddress, sha256: sha256.toString('hex'), refusal },
    ...(expects !== 'report' && { expects }),
  };
  const headBytes = Buffer.from(JSON.stringify(head));
  const frame = Buffer.alloc(FRAME_BYTES);
  MARK.copy(frame);
  frame.writeUInt32BE(headBytes.length, 4);
  frame.writeUInt32BE(body.length, 8);
  frame.writeUInt32BE(checksum(frame, headBytes, body), 12);
  return [frame, headBytes, body];
}

/** Reads the entry at `start`, which must be before the end of the segment. */
export function scanEntry(segment: Buffer, start: number): Scanned {
  if (!segment.subarray(start, start + MARK.length).equals(MARK.subarray(0, segment.length - start))) {
    return { kind: 'damaged', end: nextMark(segment, start + 1) };
  }
  if (segment.length - start < FRAME_BYTES) return { kind: 'torn' };
  const headStart = start + FRAME_BYTES;
  const bodyStart = headStart + segment.readUInt32BE(start + 4);
  const end = bodyStart + segment.readUInt32BE(start + 8);
  if (end > segment.length) {
    const next = nextMark(segment, start + 1);
    // If another entry follows, this one was whole once, and its lengths are damaged.
    return next < segment.length ? { kind: 'damaged', end: next } : { kind: 'torn' };
  }
  const head = segment.subarray(headStart, bodyStart);
  const body = segment.subarray(bodyStart, end);
  if (checksum(segment.subarray(start, headStart), head, body) !== segment.readUInt32BE(start + 12)) {
    return { kind: 'damaged', end: nextMark(segment, start + 1) };
  }
  return { kind: 'entry', delivery: deliveryOf(head, body), end };
}

/** How many entries there are, and when the first one was received (in epoch milliseconds). */
export interface CountedEntries {
  readonly entries: number;
  readonly since: number;
}

/**
 * Counts the entries of a segment. It does not check whether they are whole, because that takes a hundred times as
 * long.
 */
export function countEntries(segment: Buffer): CountedEntries {
  let entries = 0;
  let start = nextMark(segment, 0);
  const first = start < segment.length ? scanEntry(segment, start) : undefined;
  while (segment.length - start >= FRAME_BYTES) {
    entries += 1;
    const end = start + FRAME_BYTES + segment.readUInt32BE(start + 4) + segment.readUInt32BE(start + 8);
    start = nextMark(segment, end);
  }
  return { entries, since: first?.kind === 'entry' ? first.delivery.receivedAt : Date.now() };
}

function nextMark(segment: Buffer, from: number): number {
  const place = segment.indexOf(MARK, from);
  return place < 0 ? segment.length : place;
}

/**
 * The CRC-32 of the lengths, head and body. `crc32` of an empty buffer may return 0 instead of the running value, so
 * empty parts are skipped.
 */
function checksum(frame: Buffer, head: Buffer, body: Buffer): number {
  return [frame.subarray(MARK.length, FRAME_BYTES - 4), head, body]
    .filter((part) => part.length > 0)
    .reduce((sum, part) => crc32(part, sum), 0);
}

function deliveryOf(head: Buffer, body: Buffer): Delivery {
  const { sha256, expects = 'report', ...rest } = JSON.parse(head.toString('utf8')) as Head;
  return { ...rest, expects, body, sha256: Buffer.from(sha256, 'hex'), via: 'journal' };
}
