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
