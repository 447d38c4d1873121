import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { SingleFlight } from '../background/single-flight.js';
import { Journal } from '../ingestion/journal/journal.js';
import { DatabaseLifecycle } from '../persistence/connections/database-lifecycle.js';
import { Database } from '../persistence/connections/database.js';
import { ClusterNodes, type Reached } from '../persistence/schema/distribution/cluster-nodes.js';
import { within } from '../within.js';
import { ShutdownDelay } from './shutdown-delay.js';
import { Replica, type ReplicaProblem } from '../persistence/connections/replica.js';

const PATIENCE_MS = 2000;
/** The nodes of a cluster are asked at most this often, because the coordinator makes a connection to each of them. */
const NODES_ASKED_EVERY_MS = 5000;

/** Checks whether a push can be kept now. */
@Injectable()
export class PushHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly lifecycle: DatabaseLifecycle,
    private readonly journal: Journal,
    private readonly leaving: ShutdownDelay,
  ) {}

  /** Up if the schema has the newest version. */
  migrated(): HealthIndicatorResult {
    const indicator = this.indicators.check('schema');
    return this.lifecycle.migrated ? indicator.up() : indicator.down('The schema is not migrated yet');
  }

  /**
   * Up if the database can take a push, degraded if only the journal can, else down. It is also down during the
   * shutdown, and in the first seconds while the database is not ready. The service takes pushes all the time.
   */
  async pushes(): Promise<HealthIndicatorResult> {
    if (this.leaving.hasBegun) return this.indicators.check('service').down('The service is shutting down');
    const indicator = this.indicators.check('database');
    const problem = await this.databaseProblem();
    if (problem === undefined) return indicator.up();
    if (this.lifecycle.isStarting) return indicator.down(`${problem}; the service is starting`);
    const { problem: journalProblem } = this.journal;
    if (journalProblem === undefined)
      return indicator.degraded({ message: `${problem}; pushes go to the journal` });
    return indicator.down({ message: `${problem}; ${journalProblem}` });
  }

  private async databaseProblem(): Promise<string | undefined> {
    if (!this.lifecycle.migrated) return 'The schema is not migrated yet';
    try {
      const writable = await within(PATIENCE_MS, this.isWritable());
      if (writable === undefined) return `The database has not answered for ${PATIENCE_MS} ms`;
      return writable ? undefined : 'The database is read-only';
    } catch {
      // The log has the reason. This answer is public, so it does not show it.
      return 'The database can not be reached';
    }
  }

  private async isWritable(): Promise<boolean> {
    const text = "SELECT current_setting('transaction_read_only') = 'off' AS writable";
    const [row] = await this.database.query<{ writable: boolean }>({ text });
    return row?.writable === true;
  }
}

/**
 * Reports whether all nodes of a Citus cluster can be reached. Without one of them, the journal takes the pushes of its
 * calls. So the service stays ready if it has a journal, though many questions are answered 503.
 */
@Injectable()
export class ClusterHealth {
  private readonly look = new SingleFlight(() => this.reach());
  private known: Reached | undefined;
  private knownAt = -Infinity;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly lifecycle: DatabaseLifecycle,
    private readonly nodes: ClusterNodes,
    private readonly journal: Journal,
  ) {}

  /** Reports nothing if the calls are on one server, or if the coordinator itself is away ({@link PushHealth}). */
  async calls(): Promise<HealthIndicatorResult> {
    if (!this.lifecycle.migrated || !this.nodes.isDistributed) return {};
    let problem: string | undefined;
    try {
      problem = problemOf(await within(PATIENCE_MS, this.reached()));
    } catch {
      return {};
    }
    const indicator = this.indicators.check('cluster');
    if (problem === undefined) return indicator.up();
    const without = 'lists, exports and changes of calls are not answered';
    const { problem: journalProblem } = this.journal;
    return journalProblem === undefined
      ? indicator.degraded({ message: `${problem}; pushes go to the journal; ${without}` })
      : indicator.down({ message: `${problem}; ${journalProblem}; ${without}` });
  }

  private async reached(): Promise<Reached> {
    if (this.known !== undefined && performance.now() - this.knownAt < NODES_ASKED_EVERY_MS)
      return this.known;
    return this.look.run();
  }

  private async reach(): Promise<Reached> {
    this.known = await this.nodes.reach(this.database);
    this.knownAt = performance.now();
    return this.known;
  }
}

/** @param reached undefined: the nodes have not answered yet */
function problemOf(reached: Reached | undefined): string | undefined {
  if (reached === undefined) return `A node of the cluster has not answered for ${PATIENCE_MS} ms`;
  const { nodes, unreachable } = reached;
  return unreachable === 0 ? undefined : `${unreachable} of ${nodes} nodes of the cluster can not be reached`;
}

const PROBLEMS: Readonly<Record<ReplicaProblem, string>> = {
  'not looked at': 'The replica has not been checked yet',
  unreachable: 'The replica can not be reached',
  'catching up': 'The replica was unavailable and is catching up',
  'no replica': 'DATABASE_REPLICA_URL is not a replica of the database of DATABASE_URL',
};

/**
 * Reports whether queries go to the read replica. It never makes the service unready, because queries go to the primary
 * while the replica is not available.
 */
@Injectable()
export class ReplicaHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly replica: Replica,
  ) {}

  /** Reports nothing if no replica is set. */
  questions(): HealthIndicatorResult {
    if (!this.replica.isSet) return {};
    const indicator = this.indicators.check('replica');
    const { problem } = this.replica;
    if (problem === undefined) return indicator.up({ message: this.lag() });
    const behind = problem === 'catching up' ? ` (${this.lag()})` : '';
    return indicator.degraded({ message: `${PROBLEMS[problem]}${behind}; queries go to the primary` });
  }

  private lag(): string {
    const { behindMs } = this.replica;
    if (behindMs === undefined) return 'It is not known how far the replica is behind';
    return `It is ${(behindMs / 1000).toFixed(1)} s behind the primary`;
  }
}
