// A folder in, into which somebody may still write a last file; nothing of it out.
import { rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const MOST_TRIES = 100;
const REST_MS = 100;

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
