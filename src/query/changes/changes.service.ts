// Answers requests for changes, at once or when there is a change.
import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../../http/parameters/cursor.js';
import { InvalidParametersException } from '../../http/problems/refusals.js';
import { DEFAULT_LIMIT } from '../../http/parameters/page.js';
import type { WrittenAnswer } from '../../http/answers/written-answer.js';
import { KeyStreams, type StreamKind } from '../../security/key-streams.js';
import { type Principal, seesNumbers } from '../../security/principal.js';
import { BEGINNING, ChangeFeed } from './change-feed.js';
import type { ChangeQuery } from './change-query.dto.js';
import { ChangeWatcher } from './change-watcher.js';
import { type ChangePageEnd, writeChanges } from './change-writer.js';
import type { NextChanges } from './change.repository.js';
import type { Change, FeedPlace, FollowedCalls } from './changed-calls.repository.js';

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
  ): Promise<{ readonly answer: WrittenAnswer; readonly nextCursor: string }> {
    const { changes, end } = await this.next(query, asker, gone);
    const form = { fields: query.fields, isMasked: !seesNumbers(asker) };
    return { answer: await writeChanges(changes, end, form, asLines), nextCursor: end.nextCursor };
  }

  private async next(
    { after, limit = DEFAULT_LIMIT, wait = 0, ...filter }: ChangeQuery,
    asker: Principal,
    gone: AbortSignal,
  ): Promise<AnsweredPage> {
    const end = Date.now() + wait * 1000;
    const followed = followedBy(asker, filter);
    // With limit 0 the answer says whether there is a change, so one is read.
    const most = Math.max(limit, 1);
    let place = await this.placeOf(after);
    let page = await this.feed.page(followed, place, most);
    if (page.changes.length === 0 && (await this.feed.isBeyond(page.next)))
      throw new InvalidParametersException([{ path: 'after', message: BEYOND }]);
    if (wait > 0 && isNothingNew(page)) {
      const stream = this.streams.open(WAITING, asker);
      try {
        const ended = AbortSignal.any([gone, stream.keyEnd]);
        while (isNothingNew(page)) {
          place = page.next;
          if (!(await this.watcher.await(place.position, end - Date.now(), ended))) break;
          page = await this.feed.page(followed, place, most);
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

interface AnsweredPage {
  readonly changes: readonly Change[];
  readonly end: ChangePageEnd;
}

function answerOf(
  changes: readonly Change[],
  { position, callId }: FeedPlace,
  upToDate: boolean,
): AnsweredPage {
  return { changes, end: { nextCursor: encodeCursor(KIND, [position, callId]), upToDate } };
}

/** The calls that the asker may see and asks for. */
function followedBy(
  { sources }: Principal,
  { source, taskId }: Pick<ChangeQuery, 'source' | 'taskId'>,
): FollowedCalls {
  const asked = source ?? sources;
  const visible = sources === null || asked === null ? asked : asked.filter((name) => sources.includes(name));
  return { sources: visible, taskIds: taskId ?? null };
}
