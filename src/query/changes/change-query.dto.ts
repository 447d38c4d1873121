import { CursorParameter, IntegerParameter } from '../../http/parameters/parameters.js';
import { DEFAULT_LIMIT, MOST_A_PAGE } from '../../http/parameters/page.js';

const LONGEST_WAIT_S = 30;

/** Which part of the feed, and how long to wait for it. */
export class ChangeQuery {
  @CursorParameter({
    description:
      'The `nextCursor` of the answer before. Without it the feed begins at the beginning of the ledger; `now` begins it after all that is in the ledger now. One that is ahead of the ledger, because that was restored to an earlier moment, is refused.',
    example: 'WyJjaGFuZ2VzIiw0MTksIiJd',
  })
  after?: string;

  @IntegerParameter(
    {
      description:
        'Most changes an answer. 0: none, only whether there may be some; then `upToDate` is false, and `nextCursor` is before them.',
      example: 50,
    },
    0,
    MOST_A_PAGE,
    DEFAULT_LIMIT,
  )
  limit?: number;

  @IntegerParameter(
    { description: 'Seconds to wait for a change when there is none yet.', example: 30 },
    0,
    LONGEST_WAIT_S,
    0,
  )
  wait?: number;
}
