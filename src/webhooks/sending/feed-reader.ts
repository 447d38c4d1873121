// Reads the feed for webhooks, so that many of them do not slow pushes.
import { Injectable } from '@nestjs/common';
import { Semaphore } from '../../background/semaphore.js';
import { PrimaryFeed } from '../../query/changes/change-feed.js';
import type { NextChanges } from '../../query/changes/change.repository.js';
import type { FeedPlace } from '../../query/changes/feed-place.js';
import type { FollowedCalls } from '../../query/changes/followed-calls.js';
import { type CallHistory, KindsRepository } from './kinds.repository.js';

/** How many reads of this process there may be at once, for all webhooks together. */
const MOST_READS = 2;
/** So long, webhooks at the same place with the same filter share what was read. What changes after it comes later. */
const SHARED_MS = 1000;
const MOST_SHARED = 20;

/** A page of the feed, and what happened to its calls. */
export interface ReadChanges {
  readonly page: NextChanges;
  readonly histories: ReadonlyMap<string, CallHistory>;
}

interface Shared {
  readonly at: number;
  readonly changes: Promise<ReadChanges>;
}

@Injectable()
export class FeedReader {
  private readonly reads = new Semaphore(MOST_READS);
  private readonly shared = new Map<string, Shared>();

  constructor(
    private readonly feed: PrimaryFeed,
    private readonly kinds: KindsRepository,
  ) {}

  /** @throws DatabaseUnavailableError */
  read(followed: FollowedCalls, after: FeedPlace, limit: number): Promise<ReadChanges> {
    const key = JSON.stringify([followed, after, limit]);
    const known = this.shared.get(key);
    if (known !== undefined && performance.now() - known.at < SHARED_MS) return known.changes;
    const changes = this.reads.run(() => this.readNow(followed, after, limit));
    this.share(key, changes);
    return changes;
  }

  private share(key: string, changes: Promise<ReadChanges>): void {
    const forget = () => {
      if (this.shared.get(key)?.changes === changes) this.shared.delete(key);
    };
    this.shared.set(key, { at: performance.now(), changes });
    setTimeout(forget, SHARED_MS).unref();
    changes.catch(forget);
    const [oldest] = this.shared.keys();
    if (this.shared.size > MOST_SHARED && oldest !== undefined) this.shared.delete(oldest);
  }

  private async readNow(followed: FollowedCalls, after: FeedPlace, limit: number): Promise<ReadChanges> {
    const page = await this.feed.page(followed, after, limit);
    const callIds = page.changes.filter(({ call }) => call !== undefined).map(({ callId }) => callId);
    return { page, histories: await this.kinds.of(callIds) };
  }
}
