import type { QueryRunner } from 'typeorm';
import { createConcurrently, type NewIndex, type StepwiseMigration } from './index-steps.js';

const INDEXES: readonly NewIndex[] = [
  {
    name: 'call_notes_tags',
    definition: 'ON call_notes USING gin (output_tags jsonb_path_ops) WHERE output_tags IS NOT NULL',
  },
  // Nearly all recordings are kept, and these are not in the index.
  { name: 'call_recordings_state', definition: "ON call_recordings (state) WHERE state <> 'kept'" },
];

/** Indexes for rare tags and states (docs/decisions/recordings.md). */
export class IndexMessages1773000000000 implements StepwiseMigration {
  before(runner: QueryRunner): Promise<void> {
    return createConcurrently(runner, INDEXES);
  }

  /** Everything is done before, because PostgreSQL makes no index concurrently within a transaction. */
  async up(): Promise<void> {}

  async down(runner: QueryRunner): Promise<void> {
    for (const { name } of INDEXES) await runner.query(`DROP INDEX ${name}`);
  }
}
