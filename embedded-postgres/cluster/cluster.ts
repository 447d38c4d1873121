// A cluster is the folder of files that one PostgreSQL server serves.
import { randomUUID } from 'node:crypto';
import { lchown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../../platform/durable-files.js';
import type { Binaries } from './binaries.js';
import { SUPERUSER } from '../ownership/owner-lock.js';
import { errorCode } from '../../platform/error-code.js';
import { processIdentity } from '../operating-system/process-info.js';
import { runProgram } from '../operating-system/programs.js';
import { chownTree, type Launcher } from '../operating-system/unprivileged-user.js';

export interface ClusterOptions {
  /** Absolute path of the cluster folder; its parent exists. */
  readonly directory: string;
  readonly password: string;
  readonly binaries: Binaries;
  readonly launcher: Launcher;
  readonly signal: AbortSignal;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

const DRAFT_NAME = /^postgres\.new-(\d+)-(\w+)-/;

/**
 * Makes the cluster if there is none, and checks that this server can open it. Several processes may do this at once;
 * they get one cluster.
 * @throws Error when the folder holds something else, or a cluster of another major version.
 */
export async function ensureCluster(options: ClusterOptions): Promise<void> {
  await removeAbandonedDrafts(dirname(options.directory));
  const found = await clusterVersion(options.directory);
  if (found === undefined) await createCluster(options);
  const version = found ?? (await clusterVersion(options.directory));
  if (version !== options.binaries.majorVersion) {
    throw new Error(
      `The files in ${options.directory} were made by PostgreSQL ${version ?? '(unknown)'}, and this is PostgreSQL ` +
        `${options.binaries.majorVersion}, which can't open them. Run the version of Call Ledger that made them, and move ` +
        `the data over with pg_dump; or choose another DATA_DIR.`,
    );
  }
  const { user } = options.launcher;
  if (user !== undefined && (await stat(options.directory)).uid !== user.uid) {
    await chownTree(options.directory, user);
  }
}

/** Major version of the cluster; undefined when there is none (no folder, or an empty one). */
async function clusterVersion(directory: string): Promise<string | undefined> {
  try {
    return (await readFile(join(directory, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  try {
    if ((await readdir(directory)).length === 0) return undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  throw new Error(
    `${directory} is not empty and holds no PostgreSQL cluster (PG_VERSION is missing). Move it away, or choose ` +
      `another DATA_DIR.`,
  );
}

/**
 * initdb writes into a draft, which is moved into place when it is complete and on the disk. A process that dies
 * before that leaves only the draft, which the next process removes.
 */
async function createCluster(options: ClusterOptions): Promise<void> {
  const parent = dirname(options.directory);
  const identity = (await processIdentity(process.pid)) ?? `${process.pid}-0`;
  const draft = join(parent, `postgres.new-${identity}-${randomUUID()}`);
  const fresh = join(draft, 'cluster');
  options.log(
    'info',
    `Making a new PostgreSQL ${options.binaries.majorVersion} database in ${options.directory} …`,
  );
  try {
    await mkdir(draft, { mode: 0o700 });
    await mkdir(fresh, { mode: 0o700 });
    await writeFile(join(draft, 'password'), options.password, { mode: 0o600 });
    const { user } = options.launcher;
    if (user !== undefined) {
      for (const path of [fresh, join(draft, 'password'), draft]) await lchown(path, user.uid, user.gid);
    }
    await runInitdb(options, fresh, join(draft, 'password'));
    await moveIntoPlace(fresh, options.directory);
  } finally {
    await rm(draft, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runInitdb(options: ClusterOptions, fresh: string, passwordFile: string): Promise<void> {
  const { launcher, binaries, signal } = options;
  const command = [binaries.initdb, ...initdbArguments(fresh, passwordFile)];
  const { exitCode, exitSignal, output } = await runProgram(launcher, command, signal);
  if (exitCode === 0) return;
  const ending = exitSignal ?? `code ${exitCode ?? -1}`;
  throw new Error(`initdb ended with ${ending}:\n${output.trim().split('\n').slice(-12).join('\n')}`);
}

function initdbArguments(fresh: string, passwordFile: string): string[] {
  return [
    ...['-D', fresh, '--username', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    // The built-in provider compares bytewise, as C does, knows the case of all letters, and does not change
    // with the system's C library, as other locales do (which silently breaks indexes).
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--data-checksums', '--no-instructions'],
  ];
}

/** Another process may have been faster. Then its cluster stays and this one is removed. */
async function moveIntoPlace(fresh: string, directory: string): Promise<void> {
  try {
    await rename(fresh, directory);
  } catch (error) {
    const taken = ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error) ?? '');
    if (!taken || (await clusterVersion(directory)) === undefined) throw error;
    return;
  }
  await syncFolder(dirname(directory));
}

async function removeAbandonedDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, pid, started] = DRAFT_NAME.exec(name) ?? [];
    if (pid === undefined || started === undefined) continue;
    if ((await processIdentity(Number(pid))) === `${pid}-${started}`) continue;
    // An initdb whose parent was killed may still be writing there for a moment.
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}
