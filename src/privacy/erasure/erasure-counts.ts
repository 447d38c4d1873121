import type { ErasedCounts } from './erasure-job.js';
import type { ErasureRow } from './erasure.repository.js';

/** What a job has erased so far. */
export function countsOf(row: ErasureRow): ErasedCounts {
  return {
    calls: Number(row.calls),
    revisions: Number(row.revisions),
    bodies: Number(row.bodies),
    quarantineEntries: Number(row.quarantine_entries),
    journalEntries: Number(row.journal_entries),
    schemaDrift: Number(row.schema_drift),
  };
}
