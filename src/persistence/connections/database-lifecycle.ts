import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import { Backoff } from '../../background/backoff.js';
import { Settings } from '../../config/settings.js';
import { errorCode } from '../../../platform/error-code.js';
import { errorText } from '../../errors.js';
import { within } from '../../within.js';
import { areCallsDistributed } from '../schema/distribution/distribute.js';
import { embeddedServer, type EmbeddedServer } from './embedded-server.js';
import { migrate } from '../schema/migrator.js';
import { poolOptions } from './data-source-options.js';
import { prepareSession } from './session.js';
import {
  DatabaseUnavailableError,
  READ_ONLY,
  SchemaBehindError,
  UnsuitableDatabaseError,
} from './unavailable.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
/** How often the log repeats the same reason while the database is unavailable. */
const TELL_AGAIN_MS = 60_000;
/** How long closed connections may take until their sockets have ended. */
const CLOSING_MS = 1000;
/** For this time after the start, the service is not ready without its database, even if the journal takes pushes. */
const STARTING_MS = 10_000;

/**
 * Starts the embedded server if there is one, connects and migrates. It ends both at the shutdown. It works in the
 * background: the service listens at once, and its health check says that it is not ready. It retries without end while
 * an external database is unavailable.
 */
@Injectable()
export class DatabaseLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Database');
  private readonly stopping = new AbortController();
  private readonly embedded: EmbeddedServer | undefined;
  private migratedNow = false;
  private distributedNow: boolean | undefined;
  private bringingUp: Promise<void> | undefined;
  private problemNow: string | undefined;
  private told: { readonly what: string; readonly at: number } | undefined;
  /** The ends of the connections to the embedded server. */
  private readonly ends = new Set<Promise<void>>();
  /** On the clock of `performance.now()`. */
  private begunAt = Infinity;

  constructor(
    private readonly settings: Settings,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {
    if (settings.databaseUrl === undefined) {
      this.embedded = embeddedServer(settings.dataDir, settings.databasePassword, (level, message) => {
        this.logger[level === 'info' ? 'log' : level](message);
      });
    }
  }

  /**
   * Whether the calls are distributed over several servers. This process or an earlier one may have done it.
   *
   * @throws DatabaseUnavailableError until the database has answered
   */
  get distributed(): boolean {
    if (this.distributedNow === undefined)
      throw new DatabaseUnavailableError(
        new Error('the service does not know yet whether the calls are distributed'),
      );
    return this.distributedNow;
  }

  /** Whether the schema has the newest version. */
  get migrated(): boolean {
    return this.migratedNow;
  }

  /**
   * Why the database can't be used yet, in a few words; undefined if no attempt has failed or the database is migrated.
   */
  get problem(): string | undefined {
    return this.problemNow;
  }

  /**
   * Whether the service started less than 10 s ago and its database is not migrated yet. During this time it is not
   * ready, because clients that wait for it also want to query.
   */
  get isStarting(): boolean {
    return !this.migratedNow && performance.now() - this.begunAt < STARTING_MS;
  }

  onApplicationBootstrap(): void {
    this.begunAt = performance.now();
    this.bringingUp = this.bringUp();
    // `up` reports the failure. An unhandled rejection would end the process when nothing awaits `up`.
    this.bringingUp.catch(() => undefined);
  }

  /**
   * Resolves when the database is migrated, or when the shutdown begins.
   *
   * @throws Error if a retry can't help: the embedded server does not start, the server is too old, or a migration
   *   fails
   */
  async up(): Promise<void> {
    await this.bringingUp;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.bringingUp?.catch(() => undefined);
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
    // The pool does not wait for its sockets. A session that is still there when the server stops would look as if it broke.
    await within(CLOSING_MS, Promise.all(this.ends));
    await this.embedded?.stop();
  }

  private async bringUp(): Promise<void> {
    if (this.embedded !== undefined) {
      const extra = poolOptions((client) => this.opened(client));
      this.dataSource.setOptions({ url: await this.embedded.start(), database: 'call_ledger', extra });
    }
    const backoff = new Backoff({ firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS });
    while (!this.stopping.signal.aborted) {
      try {
        await this.connectAndMigrate();
        return;
      } catch (error) {
        if (!isWorthAnotherTry(error)) throw error;
        this.problemNow = error instanceof SchemaBehindError ? 'not usable yet' : 'not reachable yet';
        this.tell(`${this.problemNow}, trying again: ${errorText(error)}`);
      }
      await wait(backoff.failed(), undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async connectAndMigrate(): Promise<void> {
    if (!this.dataSource.isInitialized) await this.dataSource.initialize();
    // This comes before the migrations, which may wait for another process. Queries are answered meanwhile.
    this.distributedNow ??= await areCallsDistributed(this.dataSource);
    const done = await migrate(this.dataSource, this.settings.databaseDistributed);
    for (const name of done) this.logger.debug(`migrated: ${name}`);
    if (done.length > 0)
      this.logger.log(`${done.length} ${done.length === 1 ? 'migration' : 'migrations'} done`);
    this.distributedNow = await areCallsDistributed(this.dataSource);
    this.migratedNow = true;
    this.problemNow = undefined;
  }

  private opened(client: Client): Promise<void> {
    const end = new Promise<void>((resolve) => {
      client.once('end', resolve);
    }).finally(() => this.ends.delete(end));
    this.ends.add(end);
    return prepareSession(client);
  }

  private tell(what: string): void {
    const isOld = this.told?.what === what && performance.now() - this.told.at < TELL_AGAIN_MS;
    if (isOld) return;
    this.told = { what, at: performance.now() };
    this.logger.warn(what);
  }
}

/** A migration whose SQL fails will fail again. Every other failure may pass. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof UnsuitableDatabaseError) return false;
  const code = errorCode(error) ?? '';
  return code === READ_ONLY || !/^(?:0A|22|23|25|2B|3F|42)[0-9A-Z]{3}$/.test(code);
}
