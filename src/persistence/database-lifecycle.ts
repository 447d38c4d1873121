// Settings in, a migrated database out, or the reason why there is none yet. It also ends what it began.
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Settings } from '../config/settings.js';
import { errorCode, errorText } from '../errors.js';
import { areCallsDistributed } from './distribution/distribute.js';
import { EmbeddedPostgres } from './embedded/embedded-postgres.js';
import { migrate } from './migrator.js';
import { SchemaBehindError, UnsuitableDatabaseError } from './schema-errors.js';
import { DatabaseUnavailableError, READ_ONLY } from './unavailable.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

/**
 * Starts the embedded server if there is one, connects, migrates. It does so in the background: the service
 * listens at once and says by itself that it is not ready. An external database that is away is tried for ever.
 */
@Injectable()
export class DatabaseLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Database');
  private readonly stopping = new AbortController();
  private readonly embedded: EmbeddedPostgres | undefined;
  private migratedNow = false;
  private distributedNow: boolean | undefined;
  private bringingUp: Promise<void> | undefined;

  constructor(
    private readonly settings: Settings,
    @InjectDataSource() private readonly dataSource: DataSource,
  ) {
    if (settings.databaseUrl === undefined) this.embedded = this.createEmbedded();
  }

  /**
   * Whether the calls are spread over several servers, by this process or by another one before.
   *
   * @throws DatabaseUnavailableError until the database has been asked
   */
  get distributed(): boolean {
    if (this.distributedNow === undefined)
      throw new DatabaseUnavailableError(new Error('it is not known yet whether the calls are distributed'));
    return this.distributedNow;
  }

  /** Whether the schema has been brought to its newest. */
  get migrated(): boolean {
    return this.migratedNow;
  }

  onApplicationBootstrap(): void {
    this.bringingUp = this.bringUp();
    // Whoever wants to know awaits `up`; nobody awaiting is no reason to end the process.
    this.bringingUp.catch(() => undefined);
  }

  /**
   * Resolves when the database is migrated.
   *
   * @throws Error when that can never be: the embedded server does not start, the server is too old, a migration
   *   fails
   */
  async up(): Promise<void> {
    await this.bringingUp;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.bringingUp?.catch(() => undefined);
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
    await this.embedded?.stop();
  }

  private createEmbedded(): EmbeddedPostgres {
    return new EmbeddedPostgres({
      dataDirectory: this.settings.dataDir,
      password: this.settings.databasePassword,
      log: (level, message) => {
        this.logger[level === 'info' ? 'log' : level](message);
      },
    });
  }

  private async bringUp(): Promise<void> {
    if (this.embedded !== undefined) {
      this.dataSource.setOptions({ url: await this.embedded.start(), database: 'call_ledger' });
    }
    let pause = FIRST_PAUSE_MS;
    while (!this.stopping.signal.aborted) {
      try {
        await this.connectAndMigrate();
        return;
      } catch (error) {
        if (!isWorthAnotherTry(error)) throw error;
        const what = error instanceof SchemaBehindError ? 'not usable yet' : 'not reachable';
        this.logger.warn(`${what}, trying again in ${pause} ms: ${errorText(error)}`);
      }
      await wait(pause, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  private async connectAndMigrate(): Promise<void> {
    if (!this.dataSource.isInitialized) await this.dataSource.initialize();
    // Before the migrations, which may wait for those of another process: questions are answered meanwhile.
    this.distributedNow ??= await areCallsDistributed(this.dataSource);
    const done = await migrate(this.dataSource, this.settings.databaseDistributed);
    for (const name of done) this.logger.log(`migrated: ${name}`);
    this.distributedNow = await areCallsDistributed(this.dataSource);
    this.migratedNow = true;
  }
}

/** A migration whose SQL fails will fail again; everything else may pass. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof UnsuitableDatabaseError) return false;
  const code = errorCode(error) ?? '';
  return code === READ_ONLY || !/^(?:0A|22|23|25|2B|3F|42)[0-9A-Z]{3}$/.test(code);
}
