import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { StreamedAnswer } from '../../http/answers/streamed-answer.js';
import type { WrittenAnswer } from '../../http/answers/written-answer.js';
import { linkWith } from '../../http/parameters/page.js';
import { Asker, type Principal } from '../../security/principal.js';
import { QueryApi } from '../../security/query-api.js';
import { ChangeQuery } from './change-query.dto.js';
import { LINES } from './change-writer.js';
import { ChangePage } from './change.dto.js';
import { ChangesService } from './changes.service.js';

const EXAMPLE = `{"type":"call","call":{"callId":"100001611234^100001811234","answered":true}}
{"type":"erased","callId":"100001611234^100001811235"}
{"type":"page","nextCursor":"WyJjaGFuZ2VzIiw0MTksIiJd","upToDate":true}
`;

const NEXT_CHANGES_LINK = {
  Link: {
    description: 'The link to the changes after these (RFC 8288).',
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
      'Every call that was stored, corrected or erased, in the order of the commits. To keep an exact copy of the ledger, follow the feed from its beginning: replace what you have under the same `callId`, and delete what was erased. A call that was changed several times since comes once, with its current content. A call may come again, and a call that never came may be erased. A key and the keys that it made may have 1,000 waiting requests at once (otherwise 429). A waiting request ends with 401 when its key is revoked or expires.',
  })
  @ApiExtraModels(ChangePage)
  @ApiOkResponse({
    description: `The next changes. With \`wait\`, the answer comes as soon as there are some. With \`Accept: ${LINES}\`, each change is a line of JSON. The last line is \`{"type": "page", "nextCursor", "upToDate"}\`. Without that line, the answer was cut off. More than 512 kB of lines are sent while they are read, without \`Link\` and \`ETag\`.`,
    headers: NEXT_CHANGES_LINK,
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ChangePage) } },
      [LINES]: {
        schema: { type: 'string', description: 'One line for each change, then the line of the page.' },
        example: EXAMPLE,
      },
    },
  })
  async list(
    @Query() query: ChangeQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WrittenAnswer | StreamedAnswer> {
    const asLines = request.accepts('application/json', LINES) === LINES;
    const { answer, nextCursor } = await this.changes.list(query, asker, asLines, closingOf(response));
    response.vary('Accept');
    if (nextCursor !== undefined) linkWith('after', nextCursor, request, response);
    return answer;
  }
}

/** Returns a signal that is aborted when the answer has been sent, or when the client is gone. */
function closingOf(response: Response): AbortSignal {
  const closing = new AbortController();
  response.once('close', () => {
    closing.abort();
  });
  return closing.signal;
}
