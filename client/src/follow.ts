import { setTimeout as wait } from 'node:timers/promises';
import type { Change, ChangePage } from './api.js';
import type { CursorStore } from './cursor-store.js';
import { LedgerError } from './ledger-error.js';
import { ask } from './request.js';

export interface FollowOptions {
  /** Where the ledger is, such as `https://ledger.example.com`. */
  readonly url: string | URL;
  /** An API key with the scope `calls:read`, or what gives it before each request. */
  readonly key: string | (() => string | Promise<string>);
  /** The name by which the ledger knows this follower: 1 to 64 of `a-z0-9._-`. */
  readonly follower: string;
  /** Where the place in the feed is kept. */
  readonly store: CursorStore;
  /** Where to begin while the store has no cursor. Default: `beginning`. */
  readonly startAt?: 'beginning' | 'now';
  /** The most changes in a batch: 1 to 10,000. Default: 1,000. */
  readonly limit?: number;
  /** How long a request waits for changes, in seconds: 1 to 30. Default: 30. */
  readonly waitSeconds?: number;
  /** Only calls of these sources. */
  readonly source?: readonly string[];
  /** Only calls of these tasks. */
  readonly taskId?: readonly string[];
  /** Only calls whose note has one of these intents. */
  readonly majorIntent?: readonly string[];
  /** The fields of calls, beside `callId`. Default: all. */
  readonly fields?: readonly string[];
  /** Ends the loop, without an error. */
  readonly signal?: AbortSignal;
  /** The longest pause between two tries, in seconds, unless the ledger asks for a longer one. Default: 30. */
  readonly longestPauseSeconds?: number;
  /** Is told of each try that failed and will be repeated after so many milliseconds. */
  readonly onRetry?: (error: LedgerError, pauseMs: number) => void;
}

/** Changes, in the order in which they were committed. */
export interface Batch {
  readonly changes: readonly Change[];
  /** The place in the feed after these changes. */
  readonly cursor: string;
  /** Whether these are the last changes for now. */
  readonly upToDate: boolean;
}

const FIRST_PAUSE_MS = 1000;
const DEFAULTS = { limit: 1000, waitSeconds: 30, longestPauseSeconds: 30 };
const FILTERS = ['source', 'taskId', 'majorIntent', 'fields'] as const;

/**
 * Gives the changes of a ledger, batch by batch, for ever. The cursor is saved when the next batch is asked for: when
 * the body of `for await` has ended. If the process dies before, the batch comes again. If the body throws or leaves
 * the loop, the batch comes again at the next start.
 *
 * What may pass (no connection, 429, 5xx, answers that are cut off) is tried again until it succeeds.
 *
 * @throws TypeError if an option is not valid
 * @throws LedgerError while iterating, if the ledger refuses: the key (401, 403), the cursor after a restore or a
 * parameter (400)
 */
export function follow(options: FollowOptions): AsyncGenerator<Batch, void, undefined> {
  return batches(new Feed(options), options);
}

async function* batches(
  feed: Feed,
  { store, startAt }: FollowOptions,
): AsyncGenerator<Batch, void, undefined> {
  let cursor = await store.load();
  if (cursor === undefined && startAt === 'now') {
    // Were it not saved at once, a restart would begin at a later moment.
    cursor = (await feed.now())?.nextCursor;
    if (cursor === undefined) return;
    await store.save(cursor);
  }
  for (let page = await feed.after(cursor); page !== undefined; page = await feed.after(cursor)) {
    const { data: changes, nextCursor, upToDate } = page;
    if (changes.length > 0) yield { changes, cursor: nextCursor, upToDate };
    if (nextCursor !== cursor) await store.save(nextCursor);
    cursor = nextCursor;
  }
}

/** Asks for changes until an answer comes. */
class Feed {
  private readonly base: URL;
  private readonly limit: number;
  private readonly waitSeconds: number;
  private readonly longestPauseMs: number;
  private readonly signal: AbortSignal | undefined;

  constructor(private readonly options: FollowOptions) {
    const { limit, waitSeconds, longestPauseSeconds } = { ...DEFAULTS, ...options };
    this.limit = within(limit, 'limit', 1, 10_000);
    this.waitSeconds = within(waitSeconds, 'waitSeconds', 1, 30);
    this.longestPauseMs = within(longestPauseSeconds, 'longestPauseSeconds', 1, 86_400) * 1000;
    this.signal = options.signal;
    this.base = new URL(options.url);
    if (!this.base.pathname.endsWith('/')) this.base.pathname += '/';
    if (!/^[a-z0-9._-]{1,64}$/.test(options.follower))
      throw new TypeError('follower must be 1 to 64 of the characters a-z, 0-9, ".", "_" and "-"');
  }

  /** The place after all that is in the ledger now. Undefined: the signal was aborted. */
  now(): Promise<ChangePage | undefined> {
    return this.persistently({ after: 'now', limit: 0, wait: 0 });
  }

  /** The next changes. Undefined: the signal was aborted. */
  async after(cursor: string | undefined): Promise<ChangePage | undefined> {
    const begunAt = Date.now();
    const page = await this.persistently({ after: cursor, limit: this.limit, wait: this.waitSeconds });
    // A proxy or a service that stops may end the waiting early.
    const isIdle = page !== undefined && page.upToDate && page.data.length === 0;
    if (isIdle) await this.pause(begunAt + FIRST_PAUSE_MS - Date.now());
    return page;
  }

  private async persistently(question: Question): Promise<ChangePage | undefined> {
    for (let failures = 0; !this.isOver(); failures += 1) {
      try {
        return await this.once(question);
      } catch (error) {
        if (this.isOver()) break;
        if (!(error instanceof LedgerError) || !error.isTransient) throw error;
        const pauseMs = Math.max(this.backoffMs(failures), error.retryAfterMs ?? 0);
        this.options.onRetry?.(error, pauseMs);
        await this.pause(pauseMs);
      }
    }
    return undefined;
  }

  private async once({ after, limit, wait: seconds }: Question): Promise<ChangePage> {
    const { key, follower } = this.options;
    const url = new URL('v1/changes', this.base);
    url.search = new URLSearchParams({
      follower,
      limit: String(limit),
      wait: String(seconds),
      ...(after !== undefined && { after }),
    }).toString();
    for (const name of FILTERS) {
      for (const value of this.options[name] ?? []) url.searchParams.append(name, value);
    }
    const given = typeof key === 'string' ? key : await key();
    return ask({ url, key: given, wait: seconds, signal: this.signal });
  }

  private isOver(): boolean {
    return this.signal?.aborted ?? false;
  }

  /** Between the half and the whole of 1 s, 2 s, 4 s, … */
  private backoffMs(failures: number): number {
    return Math.min(FIRST_PAUSE_MS * 2 ** failures, this.longestPauseMs) * (0.5 + Math.random() / 2);
  }

  /** Ends early when the signal is aborted. */
  private async pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    try {
      await wait(ms, undefined, this.signal && { signal: this.signal });
    } catch (error) {
      if (!this.isOver()) throw error;
    }
  }
}

interface Question {
  readonly after: string | undefined;
  readonly limit: number;
  readonly wait: number;
}

function within(value: number, name: string, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TypeError(`${name} must be a whole number from ${least} to ${most}`);
}
