// A segment's file in, the deliveries of its entries out. What can't be read is kept beside it.
import { Logger } from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { copyDurably } from '../../../platform/durable-files.js';
import type { Delivery } from '../delivery.js';
import { scanEntry } from './journal-entry.js';
import { DAMAGED } from './journal-folder.js';

/** Looked through before others have their turn: of small entries, a segment holds ten thousand, which take 50 ms. */
const BYTES_IN_TURN = 1024 * 1024;

const logger = new Logger('Journal');

/**
 * @param from the byte at which to begin
 * @param durable the byte at which to end: behind it, a write may be under way
 * @returns what the entries hold, and the byte behind the last one
 */
export async function readEntries(
  path: string,
  from: number,
  durable: number,
): Promise<{ deliveries: Delivery[]; end: number }> {
  const bytes = (await readFile(path)).subarray(0, durable);
  const deliveries: Delivery[] = [];
  let position = from;
  let restedAt = position;
  while (position < bytes.length) {
    if (position - restedAt > BYTES_IN_TURN) {
      await nextTurn();
      restedAt = position;
    }
    const scanned = scanEntry(bytes, position);
    if (scanned.kind === 'entry') deliveries.push(scanned.delivery);
    if (scanned.kind === 'damaged') await keepDamaged(path, position);
    if (scanned.kind === 'torn')
      logger.warn('the last entry of a segment is torn: it was never acknowledged');
    position = scanned.kind === 'torn' ? bytes.length : scanned.end;
  }
  return { deliveries, end: position };
}

/** For a person to look at: the machine can't read it, and nothing is thrown away. The copy is durable before the segment may go. */
async function keepDamaged(path: string, position: number): Promise<void> {
  const copy = `${basename(path)}${DAMAGED}`;
  await copyDurably(path, join(dirname(dirname(path)), copy));
  logger.error(`a segment is damaged at byte ${position}; a copy of it is kept as ${copy}`);
}
