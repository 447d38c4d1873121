import { setTimeout as wait } from 'node:timers/promises';

const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/**
 * Repeats `look` until it returns 0, or until its number has not fallen for `timeoutMs`: the ledger may take pushes
 * first and store them later. Returns the last number.
 */
export async function pollUntilNone(look: () => Promise<number>, timeoutMs: number): Promise<number> {
  let left = await look();
  let progressMs = performance.now();
  for (let pauseMs = SHORTEST_PAUSE_MS; left > 0; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
    const patienceMs = progressMs + timeoutMs - performance.now();
    if (patienceMs <= 0) return left;
    await wait(Math.min(pauseMs, patienceMs));
    const now = await look();
    if (now < left) {
      progressMs = performance.now();
      pauseMs = SHORTEST_PAUSE_MS;
    }
    left = now;
  }
  return 0;
}
