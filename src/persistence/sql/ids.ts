import { randomFillSync } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

const SEQUENCES = 2 ** 32;
const RANDOM_BYTES = 16;
/** For many ids at once: asking for each was a fiftieth of a push of one record. */
const pool = Buffer.alloc(256 * RANDOM_BYTES);
let sequence = 0;
let used = pool.length;

/**
 * A UUIDv7 of a given time. Of one millisecond, those made later in this process are greater: `uuid` itself orders only
 * ids whose time it takes from the clock.
 *
 * @param epochMs the time that the id begins with
 */
export function orderedId(epochMs: number): string {
  sequence = (sequence + 1) % SEQUENCES;
  return uuidv7({ msecs: epochMs, seq: sequence, random: randomBytes() });
}

/** Each byte is given out once. */
function randomBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

/**
 * The least UUIDv7 of a millisecond: its first 48 bits are the time (RFC 9562). Deliveries' ids compare with it as their
 * times of arrival do.
 */
export function firstIdOf(epochMs: number): string {
  const time = Math.max(0, epochMs).toString(16).padStart(12, '0').slice(0, 12);
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}
