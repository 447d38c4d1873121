import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { LEDGER_LOCKS, POSITION_LOCK } from '../advisory-locks.js';
import type { Database } from '../../connections/database.js';
import { DatabaseLifecycle } from '../../connections/database-lifecycle.js';
import type { Transaction } from '../../connections/statement.js';
import { DatabaseUnavailableError } from '../../connections/unavailable.js';

const LOCK = `${LEDGER_LOCKS}, ${POSITION_LOCK}`;
/**
 * Takes the lock and releases it at once, so that a writer that draws a position does not wait for the rest of the
 * reader's transaction.
 */
const PASS_WRITERS = {
  name: 'pass-writers',
  text: `SELECT pg_advisory_lock_shared(${LOCK}), pg_advisory_unlock_shared(${LOCK})`,
};
const IN_DOUBT = {
  name: 'transactions-in-doubt',
  text: `SELECT success, result FROM run_command_on_all_nodes($$
    SELECT coalesce(string_agg(gid, ' '), '') FROM pg_prepared_xacts
    WHERE database = current_database() AND gid LIKE 'citus\\_%' $$)`,
};
const NODES = {
  name: 'nodes-reached',
  text: 'SELECT success FROM run_command_on_all_nodes($$ SELECT 1 $$)',
};
const MOST_LOOKS = 10;
const LOOK_PAUSE_MS = 20;

/** How many nodes the cluster has, and how many of them the coordinator can not reach. */
export interface Reached {
  readonly nodes: number;
  readonly unreachable: number;
}

/**
 * Makes readers wait until all nodes that hold calls show a commit. On one server there is nothing to wait for.
 *
 * Citus commits in two phases: the workers prepare, then the coordinator commits, and then the workers commit. In
 * between, a reader finds a delivery, its rollups and its position, which are on the coordinator, but not its calls.
 * The writer's locks on the coordinator are released when all workers have committed. So a reader first reads a
 * position, or anything else that a writer wrote. It then takes the lock under which positions are drawn. After that it
 * finds the calls too.
 *
 * A worker that dies in between comes back with the transaction still prepared. Citus commits it within a minute
 * (`citus.recover_2pc_interval`), long after the writer's locks were released. A transaction that is prepared both
 * before and after the reader took the lock is such a transaction.
 */
@Injectable()
export class ClusterNodes {
  constructor(@Inject(DatabaseLifecycle) private readonly calls: Pick<DatabaseLifecycle, 'distributed'>) {}

  /** Whether the calls are on nodes of a cluster, rather than on one server. */
  get isDistributed(): boolean {
    return this.calls.distributed;
  }

  /**
   * Connects the coordinator to every node, itself too.
   *
   * @throws DatabaseUnavailableError if the coordinator itself does not answer
   */
  async reach(database: Pick<Database, 'query'>): Promise<Reached> {
    const rows = await database.query<{ success: boolean }>(NODES);
    return { nodes: rows.length, unreachable: rows.filter(({ success }) => !success).length };
  }

  /**
   * Waits until every node shows everything that was committed before. Read the calls only afterwards.
   *
   * @param transaction must not have read any calls yet if it works on one snapshot
   * @throws DatabaseUnavailableError if a node does not answer, or still holds a prepared transaction after 10 looks
   */
  async awaitCommits(transaction: Transaction): Promise<void> {
    if (!this.isDistributed) return;
    const before = await inDoubt(transaction);
    await transaction.query(PASS_WRITERS);
    for (let look = 1; before.size > 0; look += 1) {
      const now = await inDoubt(transaction);
      // Transactions that draw no position, for example deletions, may just be about to commit.
      if ([...before].every((gid) => !now.has(gid))) return;
      if (look === MOST_LOOKS)
        throw new DatabaseUnavailableError(
          new Error('a node of the cluster has a transaction that is not committed yet'),
        );
      await wait(LOOK_PAUSE_MS);
    }
  }
}

/** The names of the transactions that are prepared on any node. */
async function inDoubt(transaction: Transaction): Promise<ReadonlySet<string>> {
  const { rows } = await transaction.query<{ success: boolean; result: string }>(IN_DOUBT);
  const failed = rows.find(({ success }) => !success);
  if (failed !== undefined) throw new DatabaseUnavailableError(new Error(failed.result));
  return new Set(rows.flatMap(({ result }) => result.split(' ')).filter((gid) => gid !== ''));
}
