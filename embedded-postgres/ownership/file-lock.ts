// The lock on a cluster. It is held as long as a process of its server is alive.
//
// PostgreSQL has a check of its own against a second server: it looks for the process id in postmaster.pid, and for
// a shared memory segment. But containers that share a volume have their own process ids and shared memory, so the
// check does not find the other container's server. Two servers on the same files destroy them. All containers see
// a lock of the file system.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool } from '../operating-system/unprivileged-user.js';

const run = promisify(execFile);

/** The exit code of the command if another process holds the lock. */
export const LOCKED_EXIT_CODE = 75;

/**
 * Checks whether the lock is free.
 * @returns `held`, or the arguments to put before the server's command so that it takes the lock. There are none if
 *   util-linux's flock is missing (macOS, Windows), or if the file system has no such locks.
 */
export async function probeLock(clusterDirectory: string): Promise<'held' | readonly string[]> {
  const flock = process.platform === 'linux' ? await findTool('flock') : undefined;
  if (flock === undefined) return [];
  // The locked file is PG_VERSION, which initdb makes and nothing replaces. NFS can't lock folders, and needs a
  // writable file.
  const lockedFile = join(clusterDirectory, 'PG_VERSION');
  const args = ['--nonblock', '--no-fork', '--conflict-exit-code', String(LOCKED_EXIT_CODE), lockedFile];
  try {
    await run(flock, [...args, 'true']);
    return [flock, ...args];
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === LOCKED_EXIT_CODE
      ? 'held'
      : [];
  }
}
