import type { QueryRunner } from 'typeorm';
import { withoutTimeOuts } from '../../connections/session.js';
import { clientOf } from '../../connections/clients.js';
import {
  exchangeBack,
  exchangeConcurrently,
  type IndexExchange,
  type StepwiseMigration,
} from './index-steps.js';

const hash = (column: string) => `hashtextextended(${column}, 0)`;

function exchange(of: 'task' | 'batch'): IndexExchange {
  const id = `${of}_id`;
  const rest = `occurred_at, ${hash('call_id')})`;
  return {
    name: `calls_by_${of}`,
    // It is not partial, because PostgreSQL does not use the statistics of an expression in a partial index.
    definition: `ON calls (${hash(id)}, ${rest}`,
    replaces: `calls_of_${of}`,
    replacedDefinition: `ON calls (${id}, ${rest} WHERE ${id} IS NOT NULL`,
  };
}

const EXCHANGES: readonly IndexExchange[] = [exchange('task'), exchange('batch')];

/** The indexes of a task's and of a batch's calls begin with a hash of the id (docs/decisions/database.md). */
export class HashCampaigns1775000000000 implements StepwiseMigration {
  async before(runner: QueryRunner): Promise<void> {
    await exchangeConcurrently(runner, EXCHANGES);
    const [calls] = (await runner.query('SELECT EXISTS (SELECT FROM calls) AS exist')) as {
      exist: boolean;
    }[];
    // How many calls have which hash is not known before. Of an empty table, PostgreSQL guesses better.
    if (calls?.exist === true)
      await withoutTimeOuts(clientOf(await runner.connect()), () => runner.query('ANALYZE calls'));
  }

  /** Everything is done before, because PostgreSQL makes no index concurrently within a transaction. */
  async up(): Promise<void> {}

  down(runner: QueryRunner): Promise<void> {
    return exchangeBack(runner, EXCHANGES);
  }
}
