// Whether the service answers: noticed within seconds, said once, and gone on with by itself.
import { signal } from '@preact/signals';
import { whileInSight } from './following.js';
import { SERVICE } from './service.js';

const LOOK_EVERY_MS = 2000;
/** A busy service may take a while; one that is not there refuses at once. */
const LONGEST_MS = 10_000;

/** When the service last answered a question; epoch milliseconds. */
export const answeredAt = signal<number | undefined>();
/** Whether nobody answers. */
export const isOut = signal(false);
/** Grows when the service answers again after an outage. */
export const recoveries = signal(0);

let isLooking = false;

/** A question was answered. */
export function heard(): void {
  answeredAt.value = Date.now();
}

/** Looks every few seconds, for as long as the page is in sight. @returns ends it */
export function watchService(): () => void {
  return whileInSight(document, (gone) => {
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    gone.addEventListener('abort', () => {
      clearInterval(timer);
    });
  });
}

/** Looks at once: a question was not answered. */
export async function look(): Promise<void> {
  if (isLooking) return;
  isLooking = true;
  const isThere = await answers();
  isLooking = false;
  if (isThere && isOut.value) recoveries.value += 1;
  isOut.value = !isThere;
}

/** Whatever the answer is. */
async function answers(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(LONGEST_MS);
    await fetch(new URL('health/live', SERVICE), { signal, credentials: 'omit', cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
}
