// Notes which bodies were being read when a process ended, by their SHA-256. A process makes a note in its folder
// before it reads a large body, and its successor finds the note there. The files are not synced, because they need to
// survive the process but not the machine.
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

const READING = '.reading';
const ENDED = '.ended';
/** Notes are kept for so long. After that, the cause may have been fixed. */
const KEPT_MS = 7 * 86_400_000;

const noteOf = (folder: string, hash: string) => join(folder, hash + READING);

/** Makes a note in a process's own folder that it reads a body. */
export async function noteReading(folder: string, hash: string): Promise<void> {
  await writeFile(noteOf(folder, hash), '', { mode: 0o600 });
}

/** Removes the note, because the reading has ended. */
export async function removeNote(folder: string, hash: string): Promise<void> {
  await rm(noteOf(folder, hash), { force: true });
}

/** Moves the notes of a process that has ended into the folder that all processes share. */
export async function keepNotes(folder: string, parent: string): Promise<void> {
  for (const name of await filesIn(folder, READING)) {
    const kept = `${name.slice(0, -READING.length)}.${basename(folder)}${ENDED}`;
    // Another process may do the same at this time.
    await rename(join(folder, name), join(parent, kept)).catch(() => undefined);
  }
}

/** How many processes have ended while they read a body. */
export async function endedReadings(parent: string, hash: string): Promise<number> {
  let count = 0;
  for (const name of await filesIn(parent, ENDED)) {
    if (!name.startsWith(hash)) continue;
    const isOld = await isOlderThan(join(parent, name), KEPT_MS);
    if (isOld) await rm(join(parent, name), { force: true });
    else count += 1;
  }
  return count;
}

/** Removes the notes of ended processes for a body, because it has been read since. */
export async function forgetEnded(parent: string, hash: string): Promise<void> {
  for (const name of await filesIn(parent, ENDED))
    if (name.startsWith(hash)) await rm(join(parent, name), { force: true });
}

async function filesIn(folder: string, end: string): Promise<string[]> {
  // The folder may have been removed, or not be created yet.
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(end));
}

async function isOlderThan(path: string, ms: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > ms;
  } catch {
    return true;
  }
}
