// All processes of a server hold this lock on its cluster, as long as one of them lives.
//
// PostgreSQL's own check against a second server asks for the process id in postmaster.pid and for a shared memory segment. Containers that
// share a volume have process ids and shared memory of their own, so the check misses the other container's server. Two servers on the same
// files destroy them. A lock of the file system is seen by all containers.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool } from '../operating-system/unprivileged-user.js';

const run = promisify(execFile);

/** Exit code of the locked command when another process holds the lock. */
export const LOCKED_EXIT_CODE = 75;

/**
 * Checks whether the lock is free.
 * @returns `held`, or what to put before the server's command so that it takes the lock. That is nothing where util-linux's flock is
 * missing (macOS, Windows), or the file system has no such locks.
 */
export async function probeLock(clusterDirectory: string): Promise<'held' | readonly string[]> {
  const flock = process.platform === 'linux' ? await findTool('flock') : undefined;
  if (flock === undefined) return [];
  // initdb makes PG_VERSION, and it is never replaced. NFS locks no folders, and needs a writable file.
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
