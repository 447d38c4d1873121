// Answers requests for changes, at once or when there is a change.
import { Injectable } from '@nestjs/common';
import { InvalidParametersException } from '../../http/problems/refusals.js';
import { DEFAULT_LIMIT } from '../../http/parameters/page.js';
import { KeyStreams, type StreamKind } from '../../security/key-streams.js';
import { type Principal, seesNumbers } from '../../security/principal.js';
import { FollowersService } from '../followers/followers.service.js';
import { ChangeFeed } from './change-feed.js';
import type { ChangeQuery } from './change-query.dto.js';
import { ChangeWatcher } from './change-watcher.js';
import { type ChangeAnswer, type ChangePageEnd, ChangeWriter } from './change-writer.js';
import type { NextChanges } from './change.repository.js';
import type { ChangeTaker } from './changed-calls.repository.js';
import { BEGINNING, BEYOND, decodePlace, encodePlace, type FeedPlace } from './feed-place.js';
import { type FollowedCalls, followedBy } from './followed-calls.js';

const NOW = 'now';
/** A key may have half of all requests that may wait, so that other keys have room. */
const WAITING: StreamKind = { name: 'requests that wait for changes', most: 1000 };
/** For a request that only asks whether there is a change. */
const NOBODY: ChangeTaker = { isStreamed: false, begin: () => undefined, take: () => true };

@Injectable()
export class ChangesService {
  constructor(
    private readonly feed: ChangeFeed,
    private readonly watcher: ChangeWatcher,
    private readonly streams: KeyStreams,
    private readonly followers: FollowersService,
  ) {}

  /**
   * @param asLines whether each change is a line
   * @param gone aborted when nobody wants the answer any more
   * @throws InvalidParametersException, DatabaseUnavailableError
   * @throws RefusalWithHeaders 429 when too many requests of this key wait, 401 when the key ends meanwhile
   */
  async list(
    query: ChangeQuery,
    asker: Principal,
    asLines: boolean,
    gone: AbortSignal,
  ): Promise<ChangeAnswer> {
    const { limit = DEFAULT_LIMIT } = query;
    const calls = { fields: query.fields, isMasked: !seesNumbers(asker) };
    const place = await this.placeOf(query.after);
    if (query.follower !== undefined) await this.followers.note(query.follower, place, asker);
    const writer = new ChangeWriter({ calls, asLines, most: limit, gone });
    return writer.answer(this.read(query, place, asker, gone, writer));
  }

  private async read(
    query: ChangeQuery,
    place: FeedPlace,
    asker: Principal,
    gone: AbortSignal,
    writer: ChangeWriter,
  ): Promise<ChangePageEnd> {
    const { limit = DEFAULT_LIMIT } = query;
    const followed = followedBy(asker, query, query.fields);
    let page = await this.first(followed, place, query, asker, gone, limit === 0 ? NOBODY : writer.part());
    if (limit === 0 && page.count > 0) page = { count: 0, next: place, upToDate: false, isLarge: false };
    for (let left = limit - page.count; left > 0 && isPartOfMore(page); left -= page.count)
      page = await this.feed.page(followed, page.next, left, writer.part());
    return { nextCursor: encodePlace(page.next), upToDate: page.upToDate };
  }

  /** Reads the first changes, and waits for them if it must. */
  private async first(
    followed: FollowedCalls,
    after: FeedPlace,
    { limit = DEFAULT_LIMIT, wait = 0 }: ChangeQuery,
    asker: Principal,
    gone: AbortSignal,
    taker: ChangeTaker,
  ): Promise<NextChanges> {
    const end = Date.now() + wait * 1000;
    // With limit 0 the answer says whether there is a change, so one is read.
    const most = Math.max(limit, 1);
    let page = await this.feed.page(followed, after, most, taker);
    if (page.count === 0 && (await this.feed.isBeyond(page.next)))
      throw new InvalidParametersException([{ path: 'after', message: BEYOND }]);
    if (wait === 0 || !isNothingNew(page)) return page;
    const stream = this.streams.open(WAITING, asker);
    try {
      const ended = AbortSignal.any([gone, stream.keyEnd]);
      while (isNothingNew(page)) {
        const { next } = page;
        if (!(await this.watcher.await(next.position, end - Date.now(), ended))) break;
        page = await this.feed.page(followed, next, most, taker);
      }
      stream.keyEnd.throwIfAborted();
    } finally {
      stream.close();
    }
    return page;
  }

  private async placeOf(after: string | undefined): Promise<FeedPlace> {
    if (after === undefined) return BEGINNING;
    if (after === NOW) return this.feed.end();
    return decodePlace(after, 'after');
  }
}

function isNothingNew({ count, upToDate }: NextChanges): boolean {
  return count === 0 && upToDate;
}

/** Whether the answer goes on after this part: there are more changes, which are not large and were found in time. */
function isPartOfMore({ count, upToDate, isLarge }: NextChanges): boolean {
  return count > 0 && !upToDate && !isLarge;
}
