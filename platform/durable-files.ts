// Folders and small files that must survive a loss of power, e.g. because acknowledged pushes depend on them.
//
// A file that was written is on the disk only after it was synced, and its name is on the disk only after its folder was synced.
// Windows can't sync folders; its file system keeps names in order by itself.
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from './error-code.js';

/** How a file system says that it has no way to sync a folder. PostgreSQL goes on then, too. */
const CANNOT_SYNC_FOLDERS = new Set(['EBADF', 'EINVAL', 'ENOTSUP']);

/**
 * Makes a folder (mode 0700) and all folders that lead to it. Folders that are there already are synced too: somebody may have made them
 * a moment ago. Their failures don't matter: they may belong to others.
 *
 * @throws Error of the file system
 */
export function makeFolder(path: string): void {
  // As it is written: where a link leads may have another name here, e.g. behind /proc/…/root.
  let folder = resolve(path);
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  while (folder !== dirname(folder)) {
    const isMadeNow = first !== undefined && folder.length >= first.length;
    folder = dirname(folder);
    if (isMadeNow) syncFolderNow(folder);
    else trySyncFolder(folder);
  }
}

/** Makes what was done in a folder (files made, renamed, removed) durable. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!CANNOT_SYNC_FOLDERS.has(errorCode(error) ?? '')) throw error;
  } finally {
    await folder.close();
  }
}

/**
 * Makes a file (mode 0600) with this content, whole or not at all.
 *
 * @returns whether it was made; false when there is one already
 */
export function createFile(path: string, content: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolderNow(dirname(path));
  return true;
}

/** Gives a file (mode 0600) this content. Who reads it, be it after a loss of power, finds all of the old content or all of the new one. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await putInPlace(path, async (draft) => {
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** Copies a file. What stood at `to` is replaced as by {@link replaceFile}. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await putInPlace(to, async (draft) => {
    await copyFile(from, draft);
    const file = await open(draft, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** @param write writes a draft and syncs it. Its name is always the same: the next try replaces what a killed process left. */
async function putInPlace(path: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${path}.new`;
  try {
    await write(draft);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

function syncFolderNow(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(folder);
  } catch (error) {
    if (!CANNOT_SYNC_FOLDERS.has(errorCode(error) ?? '')) throw error;
  } finally {
    closeSync(folder);
  }
}

function trySyncFolder(path: string): void {
  try {
    syncFolderNow(path);
  } catch {
    // Not ours: it may be closed to us, or read-only.
  }
}
