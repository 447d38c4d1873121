// Answers requests for changes, at once or when there is a change.
import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../../http/parameters/cursor.js';
import { InvalidParametersException } from '../../http/problems/refusals.js';
import { DEFAULT_LIMIT } from '../../http/parameters/page.js';
import { KeyStreams, type StreamKind } from '../../security/key-streams.js';
import type { Principal } from '../../security/principal.js';
import { BEGINNING, ChangeFeed } from './change-feed.js';
import type { ChangeQuery } from './change-query.dto.js';
import { ChangeWatcher } from './change-watcher.js';
import type { CallChange, ChangePage, ErasedChange } from './change.dto.js';
import type { NextChanges } from './change.repository.js';
import type { Change, FeedPlace } from './changed-calls.repository.js';

const KIND = 'changes';
const NOW = 'now';
/** A key may have half of all requests that may wait, so that other keys have room. */
const WAITING: StreamKind = { name: 'requests that wait for changes', most: 1000 };
/**
 * The error for a cursor that is ahead. Otherwise the answer would be "nothing new" until new changes had passed
 * its position, and the client would miss them.
 */
const BEYOND =
  'is ahead of this ledger, which seems to have been restored to an earlier state: begin again without it';

@Injectable()
export class ChangesService {
  constructor(
    private readonly feed: ChangeFeed,
    private readonly watcher: ChangeWatcher,
    private readonly streams: KeyStreams,
  ) {}

  /**
   * @param gone aborted when nobody wants the answer any more
   * @throws InvalidParametersException, DatabaseUnavailableError
   * @throws RefusalWithHeaders 429 when too many requests of this key wait, 401 when the key ends meanwhile
   */
  async list(
    { after, limit = DEFAULT_LIMIT, wait = 0 }: ChangeQuery,
    asker: Principal,
    gone: AbortSignal,
  ): Promise<ChangePage> {
    const end = Date.now() + wait * 1000;
    // With limit 0 the answer says whether there is a change, so one is read.
    const most = Math.max(limit, 1);
    let place = await this.placeOf(after);
    let page = await this.feed.page(asker, place, most);
    if (page.changes.length === 0 && (await this.feed.isBeyond(page.next)))
      throw new InvalidParametersException([{ path: 'after', message: BEYOND }]);
    if (wait > 0 && isNothingNew(page)) {
      const stream = this.streams.open(WAITING, asker);
      try {
        const ended = AbortSignal.any([gone, stream.keyEnd]);
        while (isNothingNew(page)) {
          place = page.next;
          if (!(await this.watcher.await(place.position, end - Date.now(), ended))) break;
          page = await this.feed.page(asker, place, most);
        }
        stream.keyEnd.throwIfAborted();
      } finally {
        stream.close();
      }
    }
    if (limit === 0 && page.changes.length > 0) return answerOf([], place, false);
    return answerOf(page.changes, page.next, page.upToDate);
  }

  private async placeOf(after: string | undefined): Promise<FeedPlace> {
    if (after === undefined) return BEGINNING;
    if (after === NOW) return this.feed.end();
    const [position, callId] = decodeCursor(after, KIND, ['number', 'string'], 'after');
    return { position: Number(position), callId: String(callId) };
  }
}

function isNothingNew({ changes, upToDate }: NextChanges): boolean {
  return changes.length === 0 && upToDate;
}

function answerOf(
  changes: readonly Change[],
  { position, callId }: FeedPlace,
  upToDate: boolean,
): ChangePage {
  return { data: changes.map(changeDto), nextCursor: encodeCursor(KIND, [position, callId]), upToDate };
}

function changeDto({ call, callId }: Change): CallChange | ErasedChange {
  return call === undefined ? { type: 'erased', callId } : { type: 'call', call };
}
