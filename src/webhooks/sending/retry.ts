// When a failed request is tried again.

const FIRST_MS = 5000;
const LONGEST_MS = 3_600_000;
/** A receiver that asks for more is asked again all the same. */
const LONGEST_ASKED_MS = 86_400_000;
/** Pauses are up to so much longer, so that webhooks that failed together are not tried together. */
const JITTER = 0.3;

/** A webhook that has failed for so long is paused. */
export const LONGEST_FAILURE_MS = 5 * 86_400_000;

/**
 * @param failures the number of failed requests in a row, this one included
 * @param retryAfter the header of the answer
 * @param now epoch milliseconds
 * @returns milliseconds until the next request
 */
export function pauseAfter(failures: number, retryAfter: string | undefined, now = Date.now()): number {
  const base = Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 30), LONGEST_MS);
  const own = Math.min(base * (1 + Math.random() * JITTER), LONGEST_MS);
  return Math.max(own, Math.min(askedPause(retryAfter, now), LONGEST_ASKED_MS));
}

/** @returns 0 if nothing is asked for that can be read */
function askedPause(retryAfter: string | undefined, now: number): number {
  const text = retryAfter?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
