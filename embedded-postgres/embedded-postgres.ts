import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { makeFolder } from '../platform/durable-files.js';
import { findBinaries } from './cluster/binaries.js';
import { ensureCluster } from './cluster/cluster.js';
import { ensureDatabase, SUPERUSER } from './ownership/owner-lock.js';
import { errorCode } from '../platform/error-code.js';
import { limitLog } from './server/server-log.js';
import { ServerOwner, type Log } from './ownership/server-owner.js';
import { findLauncher } from './operating-system/unprivileged-user.js';

export interface EmbeddedPostgresOptions {
  /**
   * The absolute path of the service's DATA_DIR. The server's files are in `postgres` there, and its log is
   * `postgres.log`.
   */
  readonly dataDirectory: string;
  /**
   * The password of the database's superuser, one line. The caller keeps it. If the database has another password,
   * it is replaced at the start.
   */
  readonly password: string;
  /** More server settings (`-c name=value`). */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: Log;
}

const LONGEST_PAUSE_MS = 5000;
const LOG_CHECK_MS = 10 * 60_000;

/**
 * A PostgreSQL server that belongs to this process. If the process is killed, the server keeps running, and the
 * next process takes it over. If the server is killed, it is started again on the same port.
 */
export class EmbeddedPostgres {
  private readonly stopRequest = new AbortController();
  private owner: ServerOwner | undefined;
  private lockConnection: Client | undefined;
  private starting: Promise<string> | undefined;
  private recovering: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;
  private logCheck: NodeJS.Timeout | undefined;

  constructor(private readonly options: EmbeddedPostgresOptions) {}

  /**
   * Starts the server, or takes over the one that a killed process left running.
   * @returns the URL `postgres://call_ledger:…@127.0.0.1:port/call_ledger`, which is valid until stop().
   * @throws Error that says what to do, with the end of the server's log if there is one.
   */
  start(): Promise<string> {
    this.starting ??= this.startOnce();
    return this.starting;
  }

  /**
   * Stops the server (fast shutdown) and releases everything. Resolves when no process of the server is left. A
   * server that another process owns keeps running. It may be called at any time and several times.
   */
  stop(): Promise<void> {
    this.stopping ??= this.stopOnce();
    return this.stopping;
  }

  private async startOnce(): Promise<string> {
    const { signal } = this.stopRequest;
    try {
      signal.throwIfAborted();
      const owner = await this.prepare();
      const lockConnection = await owner.own();
      this.watch(lockConnection);
      await ensureDatabase(lockConnection);
      signal.throwIfAborted();
      this.limitLogRegularly();
      return `postgres://${SUPERUSER}:${encodeURIComponent(this.options.password)}@127.0.0.1:${owner.port ?? 0}/${SUPERUSER}`;
    } catch (error) {
      const wasStopped = this.isStopping();
      this.stopRequest.abort();
      await this.release();
      if (wasStopped) throw new Error('PostgreSQL was stopped before it had started.', { cause: error });
      throw error;
    }
  }

  private async prepare(): Promise<ServerOwner> {
    const { password, settings = {}, log } = this.options;
    if (!/^[^\r\n\0]+$/.test(password))
      throw new Error('The password of the embedded PostgreSQL must be one line.');
    const { signal } = this.stopRequest;
    makeFolder(this.options.dataDirectory);
    const dataDirectory = await realpath(this.options.dataDirectory);
    const clusterDirectory = await realPathIfThere(join(dataDirectory, 'postgres'));
    const binaries = await findBinaries();
    const launcher = await findLauncher(clusterDirectory, binaries);
    await ensureCluster({ directory: clusterDirectory, password, binaries, launcher, signal, log });
    const files = {
      clusterDirectory,
      logPath: join(dataDirectory, 'postgres.log'),
      binaries,
      launcher,
      settings,
    };
    this.owner = new ServerOwner({
      files,
      password,
      ownerFile: join(dataDirectory, 'postgres.owner'),
      signal,
      log,
    });
    return this.owner;
  }

  private async stopOnce(): Promise<void> {
    this.stopRequest.abort();
    await Promise.allSettled([this.starting]);
    await this.release();
  }

  private async release(): Promise<void> {
    clearInterval(this.logCheck);
    await this.recovering;
    await this.owner?.release(this.lockConnection !== undefined);
    await this.lockConnection?.end();
  }

  private watch(lockConnection: Client): void {
    this.lockConnection = lockConnection;
    lockConnection.once('end', () => {
      this.lockConnection = undefined;
      if (!this.isStopping()) this.recovering = this.recover();
    });
  }

  /** Connects again after the connection has broken. The server may be recovering by itself, or it may be gone. */
  private async recover(): Promise<void> {
    const { log } = this.options;
    const { signal } = this.stopRequest;
    const logged = new Set<string>();
    log('warn', 'Lost the connection to the embedded PostgreSQL; bringing it back');
    for (let pauseMs = 100; !this.isStopping(); pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        const lockConnection = await this.owner?.own();
        if (lockConnection === undefined) return;
        this.watch(lockConnection);
        log('info', 'The embedded PostgreSQL is back');
        return;
      } catch (error) {
        // Each error is logged once. When errors quote the server's log, only their first lines are the same.
        const [title = ''] = String(error).split('\n');
        if (!this.isStopping() && !logged.has(title)) log('error', String(error));
        logged.add(title);
      }
      await wait(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private isStopping(): boolean {
    return this.stopRequest.signal.aborted;
  }

  private limitLogRegularly(): void {
    const { log, dataDirectory } = this.options;
    this.logCheck = setInterval(() => {
      limitLog(join(dataDirectory, 'postgres.log')).catch((error: unknown) => {
        log('warn', `Could not shorten postgres.log: ${String(error)}`);
      });
    }, LOG_CHECK_MS);
    this.logCheck.unref();
  }
}

/** Resolves symbolic links, because the cluster may be on another disk. */
async function realPathIfThere(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return path;
    throw error;
  }
}
