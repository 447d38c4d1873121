import {
  ChoicesParameter,
  CursorParameter,
  IntegerParameter,
  ListParameter,
} from '../../http/parameters/parameters.js';
import { DEFAULT_LIMIT } from '../../http/parameters/page.js';
import { CALL_FIELDS, type CallField } from '../calls/call-fields.js';

/** The most changes in an answer. */
export const MOST_CHANGES = 10_000;
const LONGEST_WAIT_S = 30;

/** The page of the feed, and how long to wait for changes. */
export class ChangeQuery {
  @CursorParameter({
    description:
      'The `nextCursor` of the previous answer. Without it, the feed begins with the oldest change. `now` begins it after all that is in the ledger now. A cursor that is ahead of the ledger is refused: the ledger was restored to an earlier state then.',
    example: 'WyJjaGFuZ2VzIiw0MTksIiJd',
  })
  after?: string;

  @IntegerParameter(
    {
      description:
        'The largest number of changes in an answer. 0: the answer has no changes and only says whether there may be some. If so, `upToDate` is false, and `nextCursor` is before them.',
      example: 50,
    },
    0,
    MOST_CHANGES,
    DEFAULT_LIMIT,
  )
  limit?: number;

  @IntegerParameter(
    { description: 'Seconds to wait for a change if there is none yet.', example: 30 },
    0,
    LONGEST_WAIT_S,
    0,
  )
  wait?: number;

  @ListParameter({
    description:
      'The source that pushed the call. A call that another source has taken over since comes as erased.',
    example: 'vendor',
  })
  source?: string[];

  @ListParameter({
    description: 'The calling task. A call that a correction has moved to another task comes as erased.',
    example: '118100000000000001',
  })
  taskId?: string[];

  @ListParameter({
    description:
      'The intent that the note of the call names. A call whose note was corrected to another intent comes as erased.',
    example: 'A',
  })
  majorIntent?: string[];

  @ChoicesParameter(
    {
      description: 'The fields of calls to return, in addition to `callId`. Default: all fields.',
      example: 'outId,answered',
    },
    CALL_FIELDS,
  )
  fields?: CallField[];
}
