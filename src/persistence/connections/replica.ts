// DATABASE_REPLICA_URL in; whether questions go to the replica now, and how far it is behind, out.
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Client } from 'pg';
import { BackgroundLoop } from '../../background/background-loop.js';
import { SingleFlight } from '../../background/single-flight.js';
import { Settings } from '../../config/settings.js';
import { errorText } from '../../errors.js';
import { within } from '../../within.js';
import { Database } from './database.js';
import { isReplicaOf, LOG_POSITION, type LogPosition, ReplicaLag } from './replica-lag.js';
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
  /** Never twice at once: a primary that hangs would fill up with them. */
  private readonly askingPrimary = new SingleFlight(() => this.positionOfPrimary());
  private ownClient: Promise<Client> | undefined;
  private readonly loop: BackgroundLoop | undefined;

  constructor(
    settings: Settings,
    private readonly primary: Database,
  ) {
    const { databaseReplicaUrl: url, databasePoolSize } = settings;
    if (url === undefined) return;
    const server = ReplicaServer.at(url, databasePoolSize);
    this.server = server;
    this.loop = new BackgroundLoop({
      round: () => this.round(server),
      backoff: { firstMs: LOOK_AGAIN_MS, longestMs: LOOK_EVERY_MS },
      onFailure: (error) => {
        this.logger.error(errorText(error));
      },
    });
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
    this.loop?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.loop?.stop();
    await this.loop?.ended();
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
    this.loop?.wake();
  }

  private async round(server: ReplicaServer): Promise<number> {
    await this.look(server);
    return this.problemNow === undefined ? LOOK_EVERY_MS : LOOK_AGAIN_MS;
  }

  private async look(server: ReplicaServer): Promise<void> {
    const begin = performance.now();
    const primary = await within(PATIENCE_WITH_PRIMARY_MS, this.askingPrimary.run());
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

  private async positionOfPrimary(): Promise<LogPosition | undefined> {
    try {
      const [position] = await this.primary.query<LogPosition & Record<string, unknown>>(LOG_POSITION);
      this.primaryPosition = position;
      return position;
    } catch {
      // It is away: the replica is judged without it.
      return undefined;
    }
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
