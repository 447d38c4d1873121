// The feed of changes in, a word whenever a view is to be asked anew out. It knows neither the page nor the network, so that
// tests give it a feed and a time of their own.
import type { Answer } from './answer.js';
import type { Pace } from './pace.js';

const LONGEST_WAIT_S = 30;
/** A page that is refreshed more often can't be read. */
const LEAST_PAUSE_MS = 3000;
/** Of the time, an open page may have the ledger answer it a fifth at most. */
const PAUSE_PER_ANSWER = 5;
/** Without a change the range moves on all the same. */
const LONGEST_REST_MS = 60_000;
const AFTER_PROBLEM_MS = 10_000;
/** A proxy, or a service that shuts down, may answer at once instead of waiting. */
const BETWEEN_QUESTIONS_MS = 1000;
/** The place after all that is in the ledger now. */
const NOW = 'now';

export interface Feed {
  /** @param waitS how long the service may wait for a change */
  readonly ask: (after: string, waitS: number) => Promise<Answer<{ nextCursor: string; upToDate: boolean }>>;
  /** The view is asked anew. */
  readonly changed: () => void;
  readonly pace: Pick<Pace, 'restart' | 'took'>;
  /** @throws DOMException AbortError when nobody follows any more */
  readonly pause: (ms: number) => Promise<void>;
  /** Milliseconds. */
  readonly now: () => number;
}

/**
 * Tells of the beginning, of changes, and of every minute. The place in the feed is taken before the view is asked: whatever
 * comes after is in the view's answer, or told by the next question.
 *
 * @throws DOMException AbortError
 */
export async function follow(feed: Feed): Promise<never> {
  for (;;) {
    const { data } = await feed.ask(NOW, 0);
    const since = feed.now();
    await refresh(feed);
    if (data === undefined) await feed.pause(AFTER_PROBLEM_MS);
    else await change(feed, data.nextCursor, since + LONGEST_REST_MS);
  }
}

/** For keys that may not read calls. @throws DOMException AbortError */
export async function followBlindly(feed: Omit<Feed, 'ask'>): Promise<never> {
  for (;;) {
    const since = feed.now();
    await refresh(feed);
    await feed.pause(Math.max(0, since + LONGEST_WAIT_S * 1000 - feed.now()));
  }
}

/** Has the view asked anew, and gives the ledger a rest after it, as long as it is slow. */
async function refresh({ changed, pace, pause, now }: Omit<Feed, 'ask'>): Promise<void> {
  const since = now();
  pace.restart();
  changed();
  const missing = () => since + Math.max(LEAST_PAUSE_MS, PAUSE_PER_ANSWER * pace.took()) - now();
  // An answer that is still waited for takes longer yet.
  for (let ms = missing(); ms > 0; ms = missing()) await pause(ms);
}

/** Waits until something came after a place, the place is not known any more, or it is time. */
async function change({ ask, now, pause }: Feed, place: string, end: number): Promise<void> {
  let after = place;
  for (let left = end - now(); left > 0; left = end - now()) {
    const since = now();
    const { data, problem } = await ask(after, Math.min(LONGEST_WAIT_S, Math.ceil(left / 1000)));
    // A place that is refused, as in a ledger that was restored, is none to wait at.
    if (problem?.status === 400 || data?.upToDate === false) return;
    if (data === undefined) {
      await pause(AFTER_PROBLEM_MS);
      return;
    }
    after = data.nextCursor;
    await pause(Math.max(0, since + BETWEEN_QUESTIONS_MS - now()));
  }
}

/** @throws DOMException AbortError */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      clearTimeout(timer);
      reject(new DOMException('gone', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, ms);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}

/** A document, as far as it matters here. */
export interface Sight extends Pick<EventTarget, 'addEventListener' | 'removeEventListener'> {
  readonly visibilityState: string;
}

/**
 * Runs something anew whenever the page comes into sight, and ends it when it goes out of it.
 *
 * @returns to be called when it is to end for good
 */
export function whileInSight(sight: Sight, run: (signal: AbortSignal) => void): () => void {
  let gone: AbortController | undefined;
  const look = () => {
    const isSeen = sight.visibilityState !== 'hidden';
    if (isSeen === (gone !== undefined)) return;
    gone?.abort();
    gone = isSeen ? new AbortController() : undefined;
    if (gone !== undefined) run(gone.signal);
  };
  sight.addEventListener('visibilitychange', look);
  look();
  return () => {
    sight.removeEventListener('visibilitychange', look);
    gone?.abort();
  };
}
