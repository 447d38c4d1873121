// Folders that somebody writes into meanwhile: what leaves them while they are read has left, and what comes while they are
// removed is removed.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const MOST_TRIES = 100;
const REST_MS = 100;

const entriesOf = (folder) => readdirSync(folder, { withFileTypes: true });

/** The paths of all files in a folder, which must be there, however deep they are. */
export function filesIn(folder, entries = entriesOf(folder)) {
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path, unlessGone(() => entriesOf(path)) ?? []);
    return entry.isFile() ? [path] : [];
  });
}

/** @returns undefined when what was to be read is not there any more @throws what else went wrong */
export function unlessGone(read) {
  try {
    return read();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Node's own retries don't look for files that have come meanwhile. @throws whatever else keeps it from being removed */
export async function removeFolder(folder) {
  for (let tries = 1; ; tries += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' || tries === MOST_TRIES) throw error;
      await wait(REST_MS);
    }
  }
}
