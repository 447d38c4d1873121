import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkWith } from '../../http/parameters/page.js';
import { Asker, type Principal } from '../../security/principal.js';
import { QueryApi } from '../../security/query-api.js';
import { ChangeQuery } from './change-query.dto.js';
import { ChangePage } from './change.dto.js';
import { ChangesService } from './changes.service.js';

const NEXT_CHANGES_LINK = {
  Link: {
    description: 'What comes after these changes (RFC 8288).',
    schema: { type: 'string' as const, example: '</v1/changes?after=WyJjaGFuZ2VzIiw0MTksIiJd>; rel="next"' },
  },
};

@Controller('v1/changes')
@QueryApi('calls:read')
@ApiTags('Changes')
export class ChangesController {
  constructor(private readonly changes: ChangesService) {}

  @Get()
  @ApiOperation({
    operationId: 'listChanges',
    summary: 'List changes',
    description:
      'Every call that was stored, corrected or erased, in the order of the commits. Whoever follows the feed from its beginning, puts each call in the place of what it has under its `callId`, and drops what was erased, ends with exactly the calls of the ledger. A call that was changed several times since is given once, as it stands now. A call may come again, and one may be erased that never came. Of a key and the keys that it made, 1,000 requests may wait at once (else 429). A request that waits ends with 401 when its key is revoked or expires.',
  })
  @ApiOkResponse({
    type: ChangePage,
    description: 'The next changes; with `wait`, as soon as there are some.',
    headers: NEXT_CHANGES_LINK,
  })
  async list(
    @Query() query: ChangeQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ChangePage> {
    const page = await this.changes.list(query, asker, closingOf(response));
    linkWith('after', page.nextCursor, request, response);
    return page;
  }
}

/** Aborted when the answer has been sent, or can't be any more because the client is gone. */
export function closingOf(response: Response): AbortSignal {
  const closing = new AbortController();
  response.once('close', () => {
    closing.abort();
  });
  return closing.signal;
}
