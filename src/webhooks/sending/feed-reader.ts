// Reads the feed for webhooks, so that many of them do not slow pushes.
import { Injectable } from '@nestjs/common';
import { Semaphore } from '../../background/semaphore.js';
import { PrimaryFeed } from '../../query/changes/change-feed.js';
import type { NextChanges } from '../../query/changes/change.repository.js';
import type { Change } from '../../query/changes/changed-calls.repository.js';
import type { FeedPlace } from '../../query/changes/feed-place.js';
import type { FollowedCalls } from '../../query/changes/followed-calls.js';
import { type CallHistory, KindsRepository } from './kinds.repository.js';

/** How many reads of this process there may be at once, for all webhooks together. */
const MOST_READS = 2;
/** A page of the feed, and what happened to its calls. */
export interface ReadChanges {
  readonly page: NextChanges;
  readonly changes: readonly Change[];
  readonly histories: ReadonlyMap<string, CallHistory>;
}

@Injectable()
export class FeedReader {
  private readonly reads = new Semaphore(MOST_READS);
  /** Reads that have not begun. Webhooks at the same place with the same filter share them. */
  private readonly waiting = new Map<string, Promise<ReadChanges>>();

  constructor(
    private readonly feed: PrimaryFeed,
    private readonly kinds: KindsRepository,
  ) {}

  /**
   * Reads the feed as it is now or later.
   *
   * @throws DatabaseUnavailableError
   */
  read(followed: FollowedCalls, after: FeedPlace, limit: number): Promise<ReadChanges> {
    const key = JSON.stringify([followed, after, limit]);
    const waiting = this.waiting.get(key);
    if (waiting !== undefined) return waiting;
    const read = this.reads.run(() => {
      this.waiting.delete(key);
      return this.readNow(followed, after, limit);
    });
    // A read that has begun at once is not shared: what is read must be of after the request for it.
    if (this.reads.waiting > 0) this.waiting.set(key, read);
    return read;
  }

  private async readNow(followed: FollowedCalls, after: FeedPlace, limit: number): Promise<ReadChanges> {
    const changes: Change[] = [];
    const page = await this.feed.page(followed, after, limit, {
      isStreamed: false,
      begin: () => {
        changes.length = 0;
      },
      take: (change) => changes.push(change) > 0,
    });
    const callIds = changes.filter(({ call }) => call !== undefined).map(({ callId }) => callId);
    return { page, changes, histories: await this.kinds.of(callIds) };
  }
}
