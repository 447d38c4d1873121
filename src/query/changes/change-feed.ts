import { Injectable } from '@nestjs/common';
import { DatabaseUnavailableError } from '../../persistence/connections/unavailable.js';
import { type NextChanges, ChangeRepository } from './change.repository.js';
import type { ChangeTaker } from './changed-calls.repository.js';
import type { FeedPlace } from './feed-place.js';
import type { FollowedCalls } from './followed-calls.js';

/**
 * How long one page may search. On a busy machine, it passes 100,000 deliveries whose calls have all been changed
 * again since.
 */
const LONGEST_WALK_MS = 1000;
const MOST_CALLS_A_STEP = 50_000;

/** Reads the feed of changes in pages, with a limit on the time for each page. */
@Injectable()
export class ChangeFeed {
  constructor(private readonly changes: ChangeRepository) {}

  /** Returns the place after everything that is committed now. */
  async end(): Promise<FeedPlace> {
    return { position: (await this.changes.end()) + 1, callId: '' };
  }

  /**
   * Whether the place is beyond every position that this ledger has ever given out. Then the ledger was restored to
   * an earlier state. Returns false while the primary is unavailable: queries may go to the read replica then.
   */
  async isBeyond(place: FeedPlace): Promise<boolean> {
    try {
      return place.position > (await this.changes.lastDrawn()) + 1;
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) return false;
      throw error;
    }
  }

  /**
   * Gives the next changes. If the time ends among deliveries whose calls have all been changed again since,
   * there are no changes, `upToDate` is false, and `next` is the place after these deliveries.
   */
  async page(
    followed: FollowedCalls,
    after: FeedPlace,
    limit: number,
    taker: ChangeTaker,
  ): Promise<NextChanges> {
    const end = Date.now() + LONGEST_WALK_MS;
    let mostCalls = limit + 1;
    let page = await this.changes.next(followed, after, limit, mostCalls, taker);
    while (page.count === 0 && !page.upToDate && Date.now() < end) {
      mostCalls = Math.min(mostCalls * 4, MOST_CALLS_A_STEP);
      page = await this.changes.next(followed, page.next, limit, mostCalls, taker);
    }
    return page;
  }
}

/** The feed as the primary has it, for work in the background. It leaves the read replica to clients. */
export class PrimaryFeed extends ChangeFeed {}
