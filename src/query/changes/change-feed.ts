// A place in the feed in, a page of what changed after it out, after a bounded walk.
import { Injectable } from '@nestjs/common';
import { DatabaseUnavailableError } from '../../persistence/connections/unavailable.js';
import type { Viewer } from '../../security/visible-sources.js';
import { type NextChanges, ChangeRepository } from './change.repository.js';
import type { FeedPlace } from './changed-calls.repository.js';

/** Of deliveries of which no call is theirs any more, 100,000 are walked in this time on a busy machine. */
const LONGEST_WALK_MS = 1000;
const MOST_CALLS_A_STEP = 50_000;

export const BEGINNING: FeedPlace = { position: 0, callId: '' };

@Injectable()
export class ChangeFeed {
  constructor(private readonly changes: ChangeRepository) {}

  /** The place after everything that is committed now. */
  async end(): Promise<FeedPlace> {
    return { position: (await this.changes.end()) + 1, callId: '' };
  }

  /**
   * Whether the place is beyond all that this ledger has ever handed out: it was a later one, before it was restored.
   * False while the database can't be asked: questions may go to a replica then.
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
   * The next changes. None, and not up to date, when the time went by in deliveries whose calls have all been changed
   * again since: `next` is behind them.
   */
  async page(viewer: Viewer, after: FeedPlace, limit: number): Promise<NextChanges> {
    const end = Date.now() + LONGEST_WALK_MS;
    let mostCalls = limit + 1;
    let page = await this.changes.next(viewer, after, limit, mostCalls);
    while (page.changes.length === 0 && !page.upToDate && Date.now() < end) {
      mostCalls = Math.min(mostCalls * 4, MOST_CALLS_A_STEP);
      page = await this.changes.next(viewer, page.next, limit, mostCalls);
    }
    return page;
  }
}
