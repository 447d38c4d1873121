import { execFile, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Binaries } from '../cluster/binaries.js';
import { LOCKED_EXIT_CODE } from '../ownership/file-lock.js';
import { isServerOf, saysReady, type ServerAddress } from './postmaster-file.js';
import { errorCode } from '../../platform/error-code.js';
import { limitLog, logSize, logTail, openLog } from './server-log.js';
import { spawnProgram } from '../operating-system/programs.js';
import { settingArguments } from './server-settings.js';
import type { Launcher } from '../operating-system/unprivileged-user.js';

const run = promisify(execFile);
/** On Linux, checking a process takes one read. On other systems, it needs another program. */
const POLL_MS = process.platform === 'linux' ? 20 : 200;

/** What is needed to start the server on a cluster. */
export interface ServerFiles {
  /** Absolute path of the cluster folder, without symbolic links. */
  readonly clusterDirectory: string;
  readonly logPath: string;
  readonly binaries: Binaries;
  readonly launcher: Launcher;
  readonly settings: Readonly<Record<string, string>>;
}

/** The result of a start. */
export type StartResult =
  | { readonly kind: 'ready' }
  /** Other processes use the files: another server, or processes that a killed server has left. */
  | { readonly kind: 'files-in-use'; readonly logLines: string }
  | { readonly kind: 'port-taken' }
  /** The server was killed before it was ready, by the system when memory was short, or by a person. */
  | { readonly kind: 'killed' }
  | { readonly kind: 'failed'; readonly logLines: string };

/** A server that this process has started. */
export class ServerProcess {
  private constructor(
    /** The address on which it listens when it is ready. */
    readonly address: ServerAddress,
    private readonly child: ChildProcess,
    private readonly files: ServerFiles,
    private readonly logStart: number,
  ) {}

  /**
   * Starts the server. It outlives this process, and Ctrl-C in a terminal does not reach it. `lock` is put before
   * its command, so that the server locks its files.
   * @throws Error when the program can't be run at all.
   */
  static async spawn(files: ServerFiles, port: number, lock: readonly string[]): Promise<ServerProcess> {
    const { binaries, launcher, clusterDirectory, settings } = files;
    await limitLog(files.logPath);
    const logStart = await logSize(files.logPath);
    const log = await openLog(files.logPath, launcher.user);
    try {
      const serverArgs = ['-D', clusterDirectory, ...settingArguments(port, settings)];
      const child = spawnProgram(
        launcher,
        [...lock, binaries.postgres, ...serverArgs],
        ['ignore', log.fd, log.fd],
      );
      await once(child, 'spawn');
      child.unref();
      return new ServerProcess({ pid: child.pid ?? 0, port }, child, files, logStart);
    } finally {
      await log.close();
    }
  }

  /**
   * Waits until the server takes connections or has ended. There is no time limit, because crash recovery may take
   * any time.
   */
  async untilReady(signal: AbortSignal): Promise<StartResult> {
    while (this.child.exitCode === null && this.child.signalCode === null) {
      if (await saysReady(this.address.pid, this.files.clusterDirectory)) return { kind: 'ready' };
      await wait(POLL_MS, undefined, { signal });
    }
    if (this.child.signalCode === 'SIGKILL') return { kind: 'killed' };
    const logLines = await logTail(this.files.logPath, this.logStart);
    if (/could not create any TCP\/IP sockets/.test(logLines)) return { kind: 'port-taken' };
    const held = /lock file "postmaster.pid" already exists|pre-existing shared memory block/.test(logLines);
    if (held || this.child.exitCode === LOCKED_EXIT_CODE) return { kind: 'files-in-use', logLines };
    return { kind: 'failed', logLines };
  }
}

/**
 * Ends a server, whichever process started it, and waits until it is gone. It tries a fast shutdown, after 10 s an
 * immediate shutdown, and after 10 s more SIGKILL. None of these loses committed data.
 */
export async function endServer(pid: number, files: ServerFiles): Promise<void> {
  for (const [name, patienceMs] of [
    ['INT', 10_000],
    ['QUIT', 10_000],
    ['KILL', 5_000],
  ] as const) {
    if (!(await isServerOf(pid, files.clusterDirectory))) return;
    await sendSignal(pid, name, files.binaries);
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (!(await isServerOf(pid, files.clusterDirectory))) return;
      await wait(POLL_MS);
    }
  }
  throw new Error(`The PostgreSQL server with process id ${pid} can't be ended, not even by SIGKILL.`);
}

async function sendSignal(pid: number, name: 'INT' | 'QUIT' | 'KILL', binaries: Binaries): Promise<void> {
  if (process.platform === 'win32') {
    // Windows has no signals. PostgreSQL listens on a named pipe instead, which pg_ctl uses.
    await run(binaries.pgCtl, ['kill', name, String(pid)]);
    return;
  }
  try {
    process.kill(pid, `SIG${name}`);
    // A stopped process handles no signal but SIGKILL until it is continued.
    process.kill(pid, 'SIGCONT');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
