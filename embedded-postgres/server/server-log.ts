// The log of the server. The server writes postgres.log through an inherited file descriptor, and continues when
// this process is killed.
import { constants } from 'node:fs';
import { copyFile, lstat, open, rm, truncate, type FileHandle } from 'node:fs/promises';
import { errorCode } from '../../platform/error-code.js';
import type { ServerUser } from '../operating-system/unprivileged-user.js';

const { O_APPEND, O_CREAT, O_WRONLY } = constants;
/** Windows has no such flag. */
const O_NOFOLLOW = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW;
const LARGEST_BYTES = 8 * 1024 * 1024;
const TAIL_BYTES = 4096;
const TAIL_LINES = 12;

/**
 * Opens the log for appending (mode 0600) and gives it to the server's user. Refuses a symbolic link: as root, this
 * process would give away the file that the link points to.
 */
export async function openLog(path: string, user: ServerUser | undefined): Promise<FileHandle> {
  const file = await open(path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600);
  if (user !== undefined) await file.chown(user.uid, user.gid);
  return file;
}

/** Returns the size of the log in bytes; 0 if there is no log yet. */
export async function logSize(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

/**
 * Moves the content of a log of more than 8 MiB to `<path>.1`, and replaces the previous one. The log is copied and
 * truncated, not renamed, because a running server keeps its descriptor and appends at the new end.
 */
export async function limitLog(path: string): Promise<void> {
  if ((await logSize(path)) <= LARGEST_BYTES) return;
  await rm(`${path}.1`, { force: true });
  await copyFile(path, `${path}.1`, constants.COPYFILE_EXCL);
  await truncate(path, 0);
}

/** Returns the last lines that were written after `fromByte`, at most 12. */
export async function logTail(path: string, fromByte: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(fromByte, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(TAIL_BYTES), position: start });
    return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  } finally {
    await file.close();
  }
}
