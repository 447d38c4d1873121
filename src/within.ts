import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits at most `ms` milliseconds for work. The work goes on after that.
 *
 * @returns what the work gives; undefined when it was not done in time
 * @throws what the work throws within that time
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
