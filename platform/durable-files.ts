// Folders and small files that must survive a loss of power, for example because acknowledged pushes depend on
// them.
//
// A written file is on the disk only after the file was synced. Its name is on the disk only after its folder was
// synced. Windows can't sync folders, but its file system keeps names in order by itself.
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

/** The errors of file systems that can't sync folders. They are ignored, as PostgreSQL does. */
const CANNOT_SYNC_FOLDERS = new Set(['EBADF', 'EINVAL', 'ENOTSUP']);

/**
 * Makes a folder (mode 0700) and all its parent folders. Existing folders are synced too, because another process
 * may have made them a moment ago. If that fails it does not matter: they may belong to other users.
 *
 * @throws Error of the file system
 */
export function makeFolder(path: string): void {
  // Links are not resolved: their target may have another name here, for example behind /proc/…/root.
  let folder = resolve(path);
  const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
  while (folder !== dirname(folder)) {
    const isMadeNow = first !== undefined && folder.length >= first.length;
    folder = dirname(folder);
    if (isMadeNow) syncFolderNow(folder);
    else trySyncFolder(folder);
  }
}

/** Makes changes of a folder durable: files that were made, renamed or removed. */
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
 * Makes a file (mode 0600) with this content, completely or not at all.
 *
 * @returns whether the file was made; false if it exists already
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

/**
 * Replaces the content of a file (mode 0600). A reader finds either the complete old content or the complete new
 * content, even after a loss of power.
 */
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

/** Copies a file. A file at `to` is replaced in the same way as by {@link replaceFile}. */
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

/**
 * @param write writes a draft and syncs it. The draft's name is always the same, so that the next attempt replaces
 *   the draft of a killed process.
 */
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
    // The folder may belong to another user and not be accessible, or it may be read-only.
  }
}
