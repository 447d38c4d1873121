// A reader that has seen what the coordinator committed in; a moment from which every node shows it too out.
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { LEDGER_LOCKS, POSITION_LOCK } from '../advisory-locks.js';
import { DatabaseLifecycle } from '../../connections/database-lifecycle.js';
import type { Transaction } from '../../connections/statement.js';
import { DatabaseUnavailableError } from '../../connections/unavailable.js';

const LOCK = `${LEDGER_LOCKS}, ${POSITION_LOCK}`;
/** Taken and given back at once: whoever wants to draw a position does not wait for the rest of the reader's transaction. */
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
const MOST_LOOKS = 10;
const LOOK_PAUSE_MS = 20;

/**
 * The nodes that hold the calls. On one server there is nothing to wait for.
 *
 * Citus commits in two phases: the workers prepare, the coordinator commits, and only then the workers do. In between a reader
 * finds a delivery, its rollups and its position, which are on the coordinator, but not its calls. That ends with the writer's
 * locks on the coordinator: they are let go of when all workers have committed. So whoever has read a position, or anything else
 * that a writer wrote, and then passes the lock under which positions are drawn, finds the calls too.
 *
 * A worker that dies in between comes back with the transaction still prepared, which Citus commits within a minute
 * (`citus.recover_2pc_interval`), when its writer's locks are long gone. What was prepared before the lock was passed, and is so
 * afterwards, is such a one.
 */
@Injectable()
export class ClusterNodes {
  constructor(@Inject(DatabaseLifecycle) private readonly calls: Pick<DatabaseLifecycle, 'distributed'>) {}

  /** Whether the calls are on nodes of a cluster, rather than on one server. */
  get isDistributed(): boolean {
    return this.calls.distributed;
  }

  /**
   * Waits until every node shows what has been committed before. What is read of the calls must be read afterwards.
   *
   * @param transaction that has not read any calls yet, when it sees them at one moment
   * @throws DatabaseUnavailableError when a node does not answer, or holds a transaction whose end it does not know
   */
  async awaitCommits(transaction: Transaction): Promise<void> {
    if (!this.isDistributed) return;
    const before = await inDoubt(transaction);
    await transaction.query(PASS_WRITERS);
    for (let look = 1; before.size > 0; look += 1) {
      const now = await inDoubt(transaction);
      // Of those that draw no position, as deletions do, some may just be committed.
      if ([...before].every((gid) => !now.has(gid))) return;
      if (look === MOST_LOOKS)
        throw new DatabaseUnavailableError(new Error('a node has a transaction that is not committed yet'));
      await wait(LOOK_PAUSE_MS);
    }
  }
}

/** The transactions that some node has prepared, by their names. */
async function inDoubt(transaction: Transaction): Promise<ReadonlySet<string>> {
  const { rows } = await transaction.query<{ success: boolean; result: string }>(IN_DOUBT);
  const failed = rows.find(({ success }) => !success);
  if (failed !== undefined) throw new DatabaseUnavailableError(new Error(failed.result));
  return new Set(rows.flatMap(({ result }) => result.split(' ')).filter((gid) => gid !== ''));
}
