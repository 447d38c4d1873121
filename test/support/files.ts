// Folders that a service writes into meanwhile: what leaves them while they are read has left.
import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../src/errors.js';

const entriesOf = (folder: string) => readdirSync(folder, { withFileTypes: true });

/** The paths of all files in a folder, which must be there, however deep they are. */
export function filesIn(folder: string, entries: readonly Dirent[] = entriesOf(folder)): string[] {
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path, unlessGone(() => entriesOf(path)) ?? []);
    return entry.isFile() ? [path] : [];
  });
}

/** @returns undefined when what was to be read is not there any more @throws what else went wrong */
export function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return undefined;
  }
}
