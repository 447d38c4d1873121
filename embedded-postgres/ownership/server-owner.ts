// How this process comes to own the server of a data directory, and gives it back.
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { probeLock } from './file-lock.js';
import { claim, forgetOwner, livingOwner, noteOwner } from './owner-lock.js';
import { findServer, removeMisleadingFile, type ServerAddress } from '../server/postmaster-file.js';
import { endServer, ServerProcess, type ServerFiles } from '../server/server-process.js';
import { filesHeld, inUse, notStarted, refused } from './start-errors.js';
import { setSuperuserPassword } from '../cluster/superuser-password.js';

export type Log = (level: 'info' | 'warn' | 'error', message: string) => void;

export interface ServerOwnerOptions {
  readonly files: ServerFiles;
  readonly password: string;
  /** Where the owner is noted, for a process that finds the server silent. */
  readonly notePath: string;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** A killed owner's lock goes within milliseconds; one that is stopping gets this long. */
const HELD_PATIENCE_MS = 3000;
/** Our own server may be slow under load; one that nobody owns is simply started afresh. */
const OWN_SILENT_PATIENCE_MS = 30_000;
/** A query of a killed server's backend may run on for a while, and holds the files until then. */
const FILES_HELD_PATIENCE_MS = 30_000;
const LAST_PROCESS_PATIENCE_MS = 5000;
/** Whatever kills a server each time it starts will not stop doing so. */
const KILLED_PATIENCE_MS = 30_000;
/** Below the ports that Linux, macOS and Windows give to outgoing connections (from 32768 and 49152). */
const [LOWEST_PORT, HIGHEST_PORT] = [15_432, 32_000] as const;

/** Becomes the owner of a cluster's server, be it by starting one or by taking over what is there. */
export class ServerOwner {
  /** The port of the first server that was owned: it stays, the service's pools hold the URL. */
  port: number | undefined;
  /** A server that is ours to end: owned, or started here and owned by nobody yet. */
  private server: ServerAddress | undefined;
  /** Whether the lock was ours when it was last asked for. */
  private isOwner = false;
  /** `wrong`: to be set before the next server is started. */
  private passwordState: 'unknown' | 'wrong' | 'set' = 'unknown';
  private waitingFor: { readonly what: string; readonly since: number } | undefined;
  private readonly said = new Set<string>();

  constructor(private readonly options: ServerOwnerOptions) {}

  /**
   * Tries until this process owns a server that takes connections.
   * @returns the connection that holds the lock; when it ends, ownership has ended.
   * @throws Error when another process owns the files, or the server can't be started.
   */
  async own(): Promise<Client> {
    this.waitingFor = undefined;
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 1000)) {
      this.options.signal.throwIfAborted();
      const found = await findServer(this.options.files.clusterDirectory);
      const leftOver = found !== undefined && found.pid !== this.server?.pid;
      const server = found ?? (await this.launch());
      const guardian = server === undefined ? undefined : await this.tryToOwn(server, leftOver);
      if (guardian !== undefined) return guardian;
      await wait(pauseMs, undefined, { signal: this.options.signal });
    }
  }

  /** Ends the server if it is ours to end, and waits until its files are free. */
  async release(lockIsHeld: boolean): Promise<void> {
    const { server } = this;
    if (server !== undefined) {
      if (!lockIsHeld && (await this.isOwnedByAnother(server))) return;
      await endServer(server.pid, this.options.files);
      this.server = undefined;
    }
    if (!this.isOwner) return;
    this.isOwner = false;
    await forgetOwner(this.options.notePath);
    await this.waitForLastProcess();
  }

  /** When a postmaster is killed, its other processes go by themselves, a little later. */
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
    const { files, password, notePath, log } = this.options;
    const result = await claim(server, password, files.clusterDirectory);
    switch (result.kind) {
      case 'owned':
        return this.settle(server, result.guardian, leftOver);
      case 'held':
        this.server = undefined;
        this.isOwner = false;
        if (this.hasWaited('held', HELD_PATIENCE_MS)) throw inUse(files, result.holder);
        return undefined;
      case 'busy':
        // However long its recovery takes.
        this.waitingFor = undefined;
        this.sayOnce('info', `Waiting for PostgreSQL (process id ${server.pid}): ${result.reason}`);
        return undefined;
      case 'refused':
        this.waitForFiles('');
        return undefined;
      case 'wrong-password':
        if (this.passwordState === 'set') throw refused(files, result.reason);
        break;
      case 'silent':
        if (!this.hasWaited('silent', this.port === undefined ? 0 : OWN_SILENT_PATIENCE_MS)) return undefined;
    }
    const owner = await livingOwner(notePath);
    if (owner !== undefined) throw inUse(files, owner);
    // Nobody owns it, so that it is ours to end.
    if (result.kind === 'wrong-password') this.passwordState = 'wrong';
    else log('warn', `The PostgreSQL server with process id ${server.pid} does not answer: ending it`);
    await endServer(server.pid, files);
    return undefined;
  }

  private async settle(
    server: ServerAddress,
    guardian: Client,
    leftOver: boolean,
  ): Promise<Client | undefined> {
    const { files, notePath, log } = this.options;
    const { pid, port } = server;
    this.server = server;
    this.isOwner = true;
    await noteOwner(notePath).catch((error: unknown) => {
      // Only a server that hangs makes the note matter, and a full disk shall not keep it from being owned.
      log('warn', `Could not write ${notePath}: ${String(error)}`);
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
    this.said.clear();
    return guardian;
  }

  /** Starts a server; undefined when that must be tried again. */
  private async launch(): Promise<ServerAddress | undefined> {
    const { files, signal, log } = this.options;
    const lock = await probeLock(files.clusterDirectory);
    if (lock === 'held') {
      this.waitForFiles('');
      return undefined;
    }
    if (await removeMisleadingFile(files.clusterDirectory)) {
      log(
        'info',
        'Removed the postmaster.pid of a server that is gone, whose process id another program has',
      );
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
    if (result.kind === 'failed') throw notStarted(this.options.files, result.logLines);
    if (result.kind === 'files-held') this.waitForFiles(result.logLines);
    else if (result.kind === 'killed') this.startAfresh(address.pid);
    else if (this.port !== undefined)
      this.sayOnce('error', `Waiting for port ${port}: another program has it`);
    return undefined;
  }

  /** @returns whether it is set now; false when that must be tried again */
  private async setPassword(lock: readonly string[]): Promise<boolean> {
    const { files, password, signal, log } = this.options;
    log('warn', `The files in ${files.clusterDirectory} were made with another password: setting it anew`);
    if (await setSuperuserPassword(files, lock, password, signal)) this.passwordState = 'set';
    else this.waitForFiles('');
    return this.passwordState === 'set';
  }

  private startAfresh(pid: number): void {
    const what = `PostgreSQL (process id ${pid}) was killed while it started`;
    if (this.hasWaited('killed', KILLED_PATIENCE_MS)) throw new Error(`${what}, as were those before it`);
    this.options.log('warn', `${what}: starting it again`);
  }

  private waitForFiles(logLines: string): void {
    const { clusterDirectory } = this.options.files;
    this.sayOnce('info', `Waiting for other processes to let go of the files in ${clusterDirectory}`);
    if (this.hasWaited('files-held', FILES_HELD_PATIENCE_MS)) throw filesHeld(this.options.files, logLines);
  }

  private async isOwnedByAnother(server: ServerAddress): Promise<boolean> {
    try {
      const result = await claim(server, this.options.password, this.options.files.clusterDirectory);
      if (result.kind === 'owned') await result.guardian.end();
      if (result.kind === 'wrong-password') return (await livingOwner(this.options.notePath)) !== undefined;
      return result.kind === 'held';
    } catch (error) {
      this.options.log('warn', `Could not ask the PostgreSQL server who owns it: ${String(error)}`);
      return false;
    }
  }

  /** Whether the same obstacle has stood in the way for so long. */
  private hasWaited(what: string, patienceMs: number): boolean {
    if (this.waitingFor?.what !== what) this.waitingFor = { what, since: Date.now() };
    return Date.now() - this.waitingFor.since >= patienceMs;
  }

  private sayOnce(level: 'info' | 'error', message: string): void {
    if (this.said.has(message)) return;
    this.said.add(message);
    this.options.log(level, message);
  }
}
