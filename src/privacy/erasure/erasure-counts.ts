import type { Erasure } from '../../persistence/entities/erasure.entity.js';
import type { ErasedCounts } from './erasure-job.js';

/** What a job has erased so far. */
export function countsOf(erasure: Erasure): ErasedCounts {
  const { calls, revisions, bodies, quarantineEntries, journalEntries, schemaDrift } = erasure;
  return { calls, revisions, bodies, quarantineEntries, journalEntries, schemaDrift };
}
