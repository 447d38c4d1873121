import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCursor, isObject } from './shapes.js';

/** Where a follower keeps its place in the feed. */
export interface CursorStore {
  /** @returns undefined if nothing was saved yet */
  load(): Promise<string | undefined>;
  /** Must have stored the cursor durably when it is done. */
  save(cursor: string): Promise<void>;
}

/**
 * Keeps the cursor in a file. After a crash or a loss of power, the file holds the earlier or the new cursor, never a
 * part of one.
 *
 * @param path of the file, in a folder that exists. Only one follower at a time may use it.
 */
export function fileCursor(path: string): CursorStore {
  return {
    load: () => read(path),
    save: (cursor) => replace(path, cursor),
  };
}

async function read(path: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isObject(error) && error['code'] === 'ENOENT') return undefined;
    throw error;
  }
  const cursor = text.trim();
  // Taken for no cursor, it would let the follower begin anew without a word.
  if (!isCursor(cursor)) throw new Error(`${path} does not hold a cursor. Remove it to begin anew.`);
  return cursor;
}

async function replace(path: string, cursor: string): Promise<void> {
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(`${cursor}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  // Windows has no way to sync a folder.
  if (process.platform !== 'win32') await syncFolder(dirname(path));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
