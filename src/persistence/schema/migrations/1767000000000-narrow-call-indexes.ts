import type { QueryRunner } from 'typeorm';
import {
  exchangeBack,
  exchangeConcurrently,
  type IndexExchange,
  type StepwiseMigration,
} from './index-steps.js';

/** A call's place among the calls of the same moment (src/query/calls/call-order.ts). */
const PLACE = 'hashtextextended(call_id, 0)';

const EXCHANGES: readonly IndexExchange[] = [
  {
    name: 'calls_in_time',
    definition: `ON calls (occurred_at, ${PLACE})`,
    replaces: 'calls_occurred',
    replacedDefinition: 'ON calls (occurred_at, call_id)',
  },
  {
    name: 'calls_of_task',
    definition: `ON calls (task_id, occurred_at, ${PLACE}) WHERE task_id IS NOT NULL`,
    replaces: 'calls_task',
    replacedDefinition: 'ON calls (task_id, occurred_at, call_id) WHERE task_id IS NOT NULL',
  },
  {
    name: 'calls_of_batch',
    definition: `ON calls (batch_id, occurred_at, ${PLACE}) WHERE batch_id IS NOT NULL`,
    replaces: 'calls_batch',
    replacedDefinition: 'ON calls (batch_id, occurred_at, call_id) WHERE batch_id IS NOT NULL',
  },
  {
    name: 'calls_warned',
    definition: `ON calls (occurred_at, ${PLACE}) WHERE warnings IS NOT NULL`,
    replaces: 'calls_with_warnings',
    replacedDefinition: 'ON calls (occurred_at, call_id) WHERE warnings IS NOT NULL',
  },
];

/** Indexes of the calls that take less room (docs/decisions/database.md). */
export class NarrowCallIndexes1767000000000 implements StepwiseMigration {
  before(runner: QueryRunner): Promise<void> {
    return exchangeConcurrently(runner, EXCHANGES);
  }

  /** Everything is done before, because PostgreSQL makes no index concurrently within a transaction. */
  async up(): Promise<void> {}

  down(runner: QueryRunner): Promise<void> {
    return exchangeBack(runner, EXCHANGES);
  }
}
