import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { probeLock } from './file-lock.js';
import { claim, removeOwnerFile, livingOwner, writeOwnerFile } from './owner-lock.js';
import { findServer, removeMisleadingFile, type ServerAddress } from '../server/postmaster-file.js';
import { endServer, ServerProcess, type ServerFiles } from '../server/server-process.js';
import { filesInUseError, ownedByAnotherError, startFailedError, refusedError } from './start-errors.js';
import { setSuperuserPassword } from '../cluster/superuser-password.js';

export type Log = (level: 'info' | 'warn' | 'error', message: string) => void;

export interface ServerOwnerOptions {
  readonly files: ServerFiles;
  readonly password: string;
  /** The path of the file with the owner's process id, for processes that get no answer from the server. */
  readonly ownerFile: string;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** The lock of a killed owner is released within milliseconds. An owner that is stopping may need this long. */
const HELD_PATIENCE_MS = 3000;
/** Our own server may be slow under load. A server without an owner is restarted at once. */
const OWN_SILENT_PATIENCE_MS = 30_000;
/** A backend of a killed server may continue its query, and uses the files until it ends. */
const FILES_IN_USE_PATIENCE_MS = 30_000;
const LAST_PROCESS_PATIENCE_MS = 5000;
/** If the server is still killed at every start after this time, the start is given up. */
const KILLED_PATIENCE_MS = 30_000;
/** These are below the ports that Linux, macOS and Windows use for outgoing connections (from 32768 and 49152). */
const [LOWEST_PORT, HIGHEST_PORT] = [15_432, 32_000] as const;

/** Becomes the owner of a cluster's server: starts one, or takes over the one that runs. */
export class ServerOwner {
  /**
   * The port of the first server that was owned. Later servers get the same port, because the service's pools keep
   * the URL.
   */
  port: number | undefined;
  /** The server that this process must end. It owns this server, or has started it and no process owns it yet. */
  private server: ServerAddress | undefined;
  /** Whether this process had the lock when it last asked for it. */
  private isOwner = false;
  /** If `wrong`, the password is set before the next server is started. */
  private passwordState: 'unknown' | 'wrong' | 'set' = 'unknown';
  private waitingFor: { readonly what: string; readonly since: number } | undefined;
  private readonly logged = new Set<string>();

  constructor(private readonly options: ServerOwnerOptions) {}

  /**
   * Tries until this process owns a server that takes connections.
   * @returns the connection that holds the lock. When it ends, the ownership has ended.
   * @throws Error when another process owns the files, or the server can't be started.
   */
  async own(): Promise<Client> {
    this.waitingFor = undefined;
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
      this.options.signal.throwIfAborted();
      const found = await findServer(this.options.files.clusterDirectory);
      const leftOver = found !== undefined && found.pid !== this.server?.pid;
      const server = found ?? (await this.launch());
      const lockConnection = server === undefined ? undefined : await this.tryToOwn(server, leftOver);
      if (lockConnection !== undefined) return lockConnection;
      await wait(pauseMs, undefined, { signal: this.options.signal });
    }
  }

  /** Ends the server if this process must end it, and waits until its files are free. */
  async release(lockIsHeld: boolean): Promise<void> {
    const { server } = this;
    if (server !== undefined) {
      if (!lockIsHeld && (await this.isOwnedByAnother(server))) return;
      await endServer(server.pid, this.options.files);
      this.server = undefined;
    }
    if (!this.isOwner) return;
    this.isOwner = false;
    await removeOwnerFile(this.options.ownerFile);
    await this.waitForLastProcess();
  }

  /** The other processes of a killed postmaster end by themselves, a little later. */
  private async waitForLastProcess(): Promise<void> {
    const { clusterDirectory } = this.options.files;
    const deadline = Date.now() + LAST_PROCESS_PATIENCE_MS;
    while ((await probeLock(clusterDirectory)) === 'held') {
      if (Date.now() > deadline) {
        this.options.log('warn', `Processes of a killed PostgreSQL server still run in ${clusterDirectory}`);
        return;
      }
      await wait(20);
    }
  }

  private async tryToOwn(server: ServerAddress, leftOver: boolean): Promise<Client | undefined> {
    const { files, password, ownerFile, log } = this.options;
    const result = await claim(server, password, files.clusterDirectory);
    switch (result.kind) {
      case 'owned':
        return this.settle(server, result.lockConnection, leftOver);
      case 'held':
        this.server = undefined;
        this.isOwner = false;
        if (this.hasWaited('held', HELD_PATIENCE_MS)) throw ownedByAnotherError(files, result.holder);
        return undefined;
      case 'busy':
        // A recovery may take as long as it needs.
        this.waitingFor = undefined;
        this.logOnce('info', `Waiting for PostgreSQL (process id ${server.pid}): ${result.reason}`);
        return undefined;
      case 'refused':
        this.waitForFiles('');
        return undefined;
      case 'wrong-password':
        if (this.passwordState === 'set') throw refusedError(files, result.reason);
        break;
      case 'silent':
        if (!this.hasWaited('silent', this.port === undefined ? 0 : OWN_SILENT_PATIENCE_MS)) return undefined;
    }
    const owner = await livingOwner(ownerFile);
    if (owner !== undefined) throw ownedByAnotherError(files, owner);
    // Nobody owns it, so this process may end it.
    if (result.kind === 'wrong-password') this.passwordState = 'wrong';
    else log('warn', `The PostgreSQL server with process id ${server.pid} does not answer: ending it`);
    await endServer(server.pid, files);
    return undefined;
  }

  private async settle(
    server: ServerAddress,
    lockConnection: Client,
    leftOver: boolean,
  ): Promise<Client | undefined> {
    const { files, ownerFile, log } = this.options;
    const { pid, port } = server;
    this.server = server;
    this.isOwner = true;
    await writeOwnerFile(ownerFile).catch((error: unknown) => {
      // The file matters only when the server hangs. A full disk must not prevent ownership.
      log('warn', `Could not write ${ownerFile}: ${String(error)}`);
    });
    if (this.port !== undefined && this.port !== port) {
      log('warn', `Moving the PostgreSQL server from port ${port} back to ${this.port}`);
      await endServer(pid, files);
      return undefined;
    }
    if (leftOver && this.port === undefined) {
      log('info', `Took over the PostgreSQL server that was left running: process id ${pid}, port ${port}`);
    }
    this.port = port;
    this.logged.clear();
    return lockConnection;
  }

  /** Starts a server. Returns undefined if the start must be tried again. */
  private async launch(): Promise<ServerAddress | undefined> {
    const { files, signal, log } = this.options;
    const lock = await probeLock(files.clusterDirectory);
    if (lock === 'held') {
      this.waitForFiles('');
      return undefined;
    }
    if (await removeMisleadingFile(files.clusterDirectory)) {
      log('info', 'Removed a postmaster.pid that belongs to no running server');
    }
    if (this.passwordState === 'wrong' && !(await this.setPassword(lock))) return undefined;
    const port = this.port ?? randomInt(LOWEST_PORT, HIGHEST_PORT + 1);
    const started = await ServerProcess.spawn(files, port, lock);
    const { address } = started;
    this.server = address;
    log(
      'info',
      `Starting PostgreSQL ${files.binaries.majorVersion} (process id ${address.pid}, port ${port}) …`,
    );
    const result = await started.untilReady(signal);
    if (result.kind === 'ready') return address;
    this.server = undefined;
    if (result.kind === 'failed') throw startFailedError(this.options.files, result.logLines);
    if (result.kind === 'files-in-use') this.waitForFiles(result.logLines);
    else if (result.kind === 'killed') this.retryAfterKill(address.pid);
    else if (this.port !== undefined)
      this.logOnce('error', `Waiting for port ${port}: another program has it`);
    return undefined;
  }

  /** @returns whether the password is set now; false if it must be tried again */
  private async setPassword(lock: readonly string[]): Promise<boolean> {
    const { files, password, signal, log } = this.options;
    log(
      'warn',
      `The files in ${files.clusterDirectory} were made with another password: setting the new one`,
    );
    if (await setSuperuserPassword(files, lock, password, signal)) this.passwordState = 'set';
    else this.waitForFiles('');
    return this.passwordState === 'set';
  }

  private retryAfterKill(pid: number): void {
    const what = `PostgreSQL (process id ${pid}) was killed while it started`;
    if (this.hasWaited('killed', KILLED_PATIENCE_MS))
      throw new Error(`${what}, like the previous servers. Is memory short?`);
    this.options.log('warn', `${what}: starting it again`);
  }

  private waitForFiles(logLines: string): void {
    const { clusterDirectory } = this.options.files;
    this.logOnce('info', `Waiting for other processes to release the files in ${clusterDirectory}`);
    if (this.hasWaited('files-in-use', FILES_IN_USE_PATIENCE_MS))
      throw filesInUseError(this.options.files, logLines);
  }

  private async isOwnedByAnother(server: ServerAddress): Promise<boolean> {
    try {
      const result = await claim(server, this.options.password, this.options.files.clusterDirectory);
      if (result.kind === 'owned') await result.lockConnection.end();
      if (result.kind === 'wrong-password') return (await livingOwner(this.options.ownerFile)) !== undefined;
      return result.kind === 'held';
    } catch (error) {
      this.options.log('warn', `Could not ask the PostgreSQL server which process owns it: ${String(error)}`);
      return false;
    }
  }

  /** Whether the same obstacle has lasted for this time. */
  private hasWaited(what: string, patienceMs: number): boolean {
    if (this.waitingFor?.what !== what) this.waitingFor = { what, since: Date.now() };
    return Date.now() - this.waitingFor.since >= patienceMs;
  }

  private logOnce(level: 'info' | 'error', message: string): void {
    if (this.logged.has(message)) return;
    this.logged.add(message);
    this.options.log(level, message);
  }
}
