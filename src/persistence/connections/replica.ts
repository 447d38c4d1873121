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
/** The pause while the replica is unavailable or catches up. A check takes both servers less than a millisecond. */
const LOOK_AGAIN_MS = 250;
/**
 * A replica that has not answered by then is unavailable. So queries move from a replica that stops answering to the
 * primary within 3 s.
 */
const PATIENCE_MS = 1500;
/** Shorter, because the replica can also be judged without an answer of the primary. */
const PATIENCE_WITH_PRIMARY_MS = 500;

/** Why queries do not go to the replica. */
export type ReplicaProblem = 'not looked at' | 'unreachable' | 'catching up' | 'no replica';

/**
 * The read replica of DATABASE_REPLICA_URL, if it is set. It is checked every second. A replica that was unavailable
 * may be a day behind. So it gets queries again only after it has replayed everything that the primary held when the
 * replica was found again.
 */
@Injectable()
export class Replica implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Replica');
  private readonly server: ReplicaServer | undefined;
  private readonly lag = new ReplicaLag();
  private problemNow: ReplicaProblem | undefined = 'not looked at';
  private lagMs: number | undefined;
  /** The log position, in bytes, that the replica must have replayed before it gets queries again. */
  private goal: number | undefined;
  private primaryPosition: LogPosition | undefined;
  /** A single flight, because otherwise such queries would pile up at a primary that hangs. */
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

  /** Whether DATABASE_REPLICA_URL is set. */
  get isSet(): boolean {
    return this.server !== undefined;
  }

  /** The replica, if queries go there now. */
  get asked(): ReplicaServer | undefined {
    return this.problemNow === undefined ? this.server : undefined;
  }

  get problem(): ReplicaProblem | undefined {
    return this.problemNow;
  }

  /** Upper bound of the replica's lag in ms; undefined if it is not known. */
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
    // Without the limit, it would wait for a query on a connection that does not answer any more.
    await within(PATIENCE_MS, this.server.end());
    this.server.breakOff();
  }

  /**
   * Call it with the error of a query on the replica. If the error means that the server is gone, no more queries go
   * there.
   */
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
      // The check itself was in conflict with the replay, so the replica is available.
      if (sqlState(error) === SERIALIZATION_FAILURE) return;
      // Queries on its connections would wait as long as the server does not answer.
      server.breakOff();
      this.turnAway('unreachable', errorText(error));
    }
  }

  /** @param primary undefined if it is unavailable; then the replica is used as it is */
  private judge(replica: LogPosition, primary: LogPosition | undefined): void {
    // The server may be the primary itself, which has not answered yet.
    if (!replica.is_standby && this.primaryPosition === undefined && this.problemNow === 'not looked at')
      return;
    if (!isReplicaOf(replica, this.primaryPosition)) {
      this.turnAway('no replica', 'it is not a standby of the database of DATABASE_URL');
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
    this.logger.log('queries go to the read replica');
  }

  private turnAway(problem: ReplicaProblem, reason: string): void {
    if (problem !== 'catching up') this.goal = undefined;
    if (this.problemNow === problem) return;
    this.problemNow = problem;
    this.logger.warn(`queries go to the primary instead of the read replica: ${reason}`);
  }

  private async positionOfPrimary(): Promise<LogPosition | undefined> {
    try {
      const [position] = await this.primary.query<LogPosition & Record<string, unknown>>(LOG_POSITION);
      this.primaryPosition = position;
      return position;
    } catch {
      // The primary is unavailable. The replica is judged without it.
      return undefined;
    }
  }

  /** Tries a second time, because one broken connection does not mean that the server is unavailable. */
  private askTwice(server: ReplicaServer): Promise<LogPosition> {
    return this.askReplica(server).catch(() => {
      this.drop();
      return this.askReplica(server);
    });
  }

  /** Uses a dedicated connection, because all connections of the pool may be busy with queries. */
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
