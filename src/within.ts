import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits for work, but not for long. The work goes on.
 * @returns undefined when it was not done in time
 * @throws what the work throws in time
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const done = new AbortController();
  const late = wait(ms, undefined, { signal: done.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
