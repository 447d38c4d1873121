// A lock on the cluster that all processes of its server hold, as long as one of them lives.
//
// PostgreSQL's own check against a second server asks for the process id in postmaster.pid and for a shared
// memory segment. Both are blind across containers that share a volume (each has ids and shared memory of its
// own), and two servers on the same files destroy them. A lock of the file system is seen by all.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool } from '../operating-system/unprivileged-user.js';

const run = promisify(execFile);

/** What the locked command ends with when somebody else holds the lock. */
export const LOCKED_EXIT_CODE = 75;

/**
 * Looks whether the lock is free.
 * @returns `held`, or the words to put before the server's command so that it takes the lock: none where there
 *   is no flock of util-linux (macOS, Windows) or the file system knows no such locks.
 */
export async function probeLock(clusterDirectory: string): Promise<'held' | readonly string[]> {
  const flock = process.platform === 'linux' ? await findTool('flock') : undefined;
  if (flock === undefined) return [];
  // PG_VERSION is there from initdb on and never replaced. NFS locks no folders, and needs a writable file.
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
