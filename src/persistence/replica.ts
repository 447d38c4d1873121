// DATABASE_REPLICA_URL in; whether questions go to the replica now, and how far it is behind, out.
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Client } from 'pg';
import { setTimeout as wait } from 'node:timers/promises';
import { Settings } from '../config/settings.js';
import { errorText } from '../errors.js';
import { within } from '../within.js';
import { Database } from './database.js';
import { isReplicaOf, LOG_POSITION, type LogPosition } from './log-position.js';
import { ReplicaLag } from './replica-lag.js';
import { ReplicaServer } from './replica-server.js';
import { isServerGone, SERIALIZATION_FAILURE, sqlState } from './unavailable.js';

const LOOK_EVERY_MS = 1000;
/** While the replica is away, or catches up. A look takes both servers less than a millisecond. */
const LOOK_AGAIN_MS = 250;
/** A replica that has not answered by then is away. So what is asked of one that falls silent is asked of the primary within 3 s. */
const PATIENCE_MS = 1500;
/** The primary is asked on the way, and a replica does without it. */
const PATIENCE_WITH_PRIMARY_MS = 500;

/** What keeps questions from the replica. */
export type ReplicaProblem = 'not looked at' | 'unreachable' | 'catching up' | 'no replica';

/**
 * The read replica, when there is one, and a look at it every second. A replica that was away is asked again once it has
 * replayed what the primary held when it was found again: it may have been away for a day.
 */
@Injectable()
export class Replica implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Replica');
  private readonly server: ReplicaServer | undefined;
  private readonly lag = new ReplicaLag();
  private problemNow: ReplicaProblem | undefined = 'not looked at';
  private lagMs: number | undefined;
  /** What the replica has to have replayed before it is asked again. */
  private goal: number | undefined;
  private primaryPosition: LogPosition | undefined;
  private askingPrimary: Promise<LogPosition | undefined> | undefined;
  private ownClient: Promise<Client> | undefined;
  private pause = new AbortController();
  private isStopping = false;
  private watching: Promise<void> | undefined;

  constructor(
    settings: Settings,
    private readonly primary: Database,
  ) {
    const { databaseReplicaUrl: url, databasePoolSize } = settings;
    if (url !== undefined) this.server = ReplicaServer.at(url, databasePoolSize);
  }

  /** Whether there is to be one. */
  get isSet(): boolean {
    return this.server !== undefined;
  }

  /** The replica, if questions go there now. */
  get asked(): ReplicaServer | undefined {
    return this.problemNow === undefined ? this.server : undefined;
  }

  get problem(): ReplicaProblem | undefined {
    return this.problemNow;
  }

  /** Milliseconds that it is behind the primary, at most; undefined when that is not known. */
  get behindMs(): number | undefined {
    return this.problemNow === 'catching up' || this.problemNow === undefined ? this.lagMs : undefined;
  }

  onApplicationBootstrap(): void {
    if (this.server !== undefined) this.watching = this.watch(this.server);
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.pause.abort();
    await this.watching;
    this.drop();
    if (this.server === undefined) return;
    // It would wait for a question on a connection that is silent.
    await within(PATIENCE_MS, this.server.end());
    this.server.breakOff();
  }

  /** To be told of what a question to the replica failed with: if the server is gone, no other question goes there. */
  noteFailure(error: unknown): void {
    if (this.problemNow !== undefined || !isServerGone(error)) return;
    this.turnAway('unreachable', errorText(error));
    this.pause.abort();
  }

  private async watch(server: ReplicaServer): Promise<void> {
    while (!this.isStopping) {
      const { signal } = (this.pause = new AbortController());
      await this.look(server);
      const ms = this.problemNow === undefined ? LOOK_EVERY_MS : LOOK_AGAIN_MS;
      await wait(ms, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(server: ReplicaServer): Promise<void> {
    const begin = performance.now();
    const primary = await this.askPrimary();
    if (primary !== undefined) this.lag.note(primary.position, begin);
    try {
      const replica = await within(PATIENCE_MS, this.askTwice(server));
      if (replica === undefined) throw new Error(`no answer for ${PATIENCE_MS} ms`);
      this.judge(replica, primary);
    } catch (error) {
      this.drop();
      // The look itself was in the way of the replay: the replica is there.
      if (sqlState(error) === SERIALIZATION_FAILURE) return;
      // What is asked on its connections would wait for as long as they are silent.
      server.breakOff();
      this.turnAway('unreachable', errorText(error));
    }
  }

  /** @param primary undefined when it is away: then there is nothing better than the replica as it is */
  private judge(replica: LogPosition, primary: LogPosition | undefined): void {
    // Perhaps the primary itself, which has not answered yet.
    if (!replica.is_standby && this.primaryPosition === undefined && this.problemNow === 'not looked at')
      return;
    if (!isReplicaOf(replica, this.primaryPosition)) {
      this.turnAway('no replica', 'it is no standby of the database of DATABASE_URL');
      return;
    }
    this.lagMs = this.lag.behind(replica.position, performance.now(), replica.ms_since_commit ?? undefined);
    if (this.problemNow === undefined) return;
    this.goal ??= primary?.position;
    if (primary !== undefined && replica.position < (this.goal ?? 0)) {
      this.turnAway('catching up', 'it is catching up');
      return;
    }
    this.problemNow = undefined;
    this.goal = undefined;
    this.logger.log('the replica is asked');
  }

  private turnAway(problem: ReplicaProblem, reason: string): void {
    if (problem !== 'catching up') this.goal = undefined;
    if (this.problemNow === problem) return;
    this.problemNow = problem;
    this.logger.warn(`the primary is asked instead of the replica: ${reason}`);
  }

  /** Never twice at once: a primary that hangs would fill up with them. */
  private async askPrimary(): Promise<LogPosition | undefined> {
    this.askingPrimary ??= this.primary
      .query<LogPosition & Record<string, unknown>>(LOG_POSITION)
      .then(([position]) => (this.primaryPosition = position))
      .catch(() => undefined)
      .finally(() => (this.askingPrimary = undefined));
    return within(PATIENCE_WITH_PRIMARY_MS, this.askingPrimary);
  }

  /** That one connection broke says little. */
  private askTwice(server: ReplicaServer): Promise<LogPosition> {
    return this.askReplica(server).catch(() => {
      this.drop();
      return this.askReplica(server);
    });
  }

  /** On a connection of its own: those of the pool may all be busy with questions. */
  private async askReplica(server: ReplicaServer): Promise<LogPosition> {
    await server.open();
    this.ownClient ??= server.dedicatedConnection('call-ledger replica watch');
    const client = await this.ownClient;
    const { rows } = await client.query<LogPosition & Record<string, unknown>>({ ...LOG_POSITION });
    const [position] = rows;
    if (position === undefined) throw new Error('no answer');
    return position;
  }

  private drop(): void {
    this.ownClient?.then(({ connection }) => connection.stream.destroy()).catch(() => undefined);
    this.ownClient = undefined;
  }
}
