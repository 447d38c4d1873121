import { hash } from 'node:crypto';
import type { RollupDelta } from './rollup-deltas.js';

type Names = Pick<
  RollupDelta,
  'source' | 'taskId' | 'batchId' | 'statusCode' | 'smartStatusCode' | 'hangupDirection' | 'majorIntent'
>;

/** 128 bits in hexadecimal. */
const KEY_LENGTH = 32;

/**
 * The key of the group of a rollup: a hash of its names. The migration that made the groups computes the same in SQL.
 * A key that the database gives would have to be forgotten when the database is restored to an earlier state.
 */
export function groupKey(names: Names): string {
  const { source, taskId, batchId, statusCode, smartStatusCode, hangupDirection, majorIntent } = names;
  // No text of the ledger has a NUL.
  const sixNames = [source, taskId, batchId, statusCode, smartStatusCode, hangupDirection];
  // Groups without an intent have the key that they had before there were intents.
  const text = (majorIntent === '' ? sixNames : [...sixNames, majorIntent]).join('\0');
  return hash('sha256', text, 'hex').slice(0, KEY_LENGTH);
}
