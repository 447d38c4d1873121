import { v7 as uuidv7 } from 'uuid';

const SEQUENCES = 2 ** 32;
let sequence = 0;

/**
 * A UUIDv7 of a given time. Of one millisecond, those made later in this process are greater: `uuid` itself orders only
 * ids whose time it takes from the clock.
 *
 * @param epochMs the time that the id begins with
 */
export function orderedId(epochMs: number): string {
  sequence = (sequence + 1) % SEQUENCES;
  return uuidv7({ msecs: epochMs, seq: sequence });
}
