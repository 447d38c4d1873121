import { applyDecorators, Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { MayBeBusy } from '../../http/problems/problem.docs.js';
import { NumberSearches } from '../../security/number-searches.js';
import { Asker, type Principal } from '../../security/principal.js';
import { QueryApi } from '../../security/query-api.js';
import { ExportQuery } from './export-query.dto.js';
import { ExportsService } from './exports.service.js';
import { ListedCall } from '../calls/call.dto.js';

const CSV = `callId,outId,originateTime,duration,answered,callee\r
"\t100001611234^100001811234","\t123456",2025-06-01T01:59:45.000Z,330,true,"\t13900000000"\r
`;
const NDJSON = `{"callId":"100001611234^100001811234","outId":"123456","originateTime":"2025-06-01T01:59:45.000Z","duration":330}
`;

const header = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const, example },
});

function ExportedFile(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ListedCall),
    ApiOkResponse({
      description:
        'The file, sent while it is read from the ledger; gzipped for clients that accept it. It is complete only if the answer ends ' +
        'properly: after an error, the connection is broken off. An export is also broken off if its client reads nothing for five minutes, ' +
        'or if its key is revoked or expires.',
      headers: {
        'Content-Disposition': header(
          'The name of the file.',
          'attachment; filename="calls-from-2025-06-01-to-2025-06-02.csv"',
        ),
      },
      content: {
        'text/csv': {
          schema: { type: 'string', description: 'A line of field names, then one line for each call.' },
          example: CSV,
        },
        'application/x-ndjson': {
          schema: {
            type: 'string',
            description: `One line for each call: a JSON object as in lists of calls.`,
          },
          example: NDJSON,
        },
      },
    }),
  );
}

@Controller('v1/exports')
@QueryApi('calls:read')
@ApiTags('Exports')
export class ExportsController {
  constructor(
    private readonly exports: ExportsService,
    private readonly searches: NumberSearches,
  ) {}

  @Get('calls')
  @ApiOperation({
    operationId: 'exportCalls',
    summary: 'Export calls',
    description:
      'All calls of a filter as one file of any size, as they are in the ledger at the moment of the request. `taskName` and `batchName` are the names of that moment too. A key and the keys that it made may have two exports at once (otherwise 429).',
  })
  @ExportedFile()
  @MayBeBusy('Too many exports are running. Try again later')
  async calls(
    @Query() query: ExportQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<null> {
    await this.searches.admit(query, asker, request);
    await this.exports.send(query, asker, request, response);
    // The answer is written already. The interceptor that writes JSON ignores the returned value then.
    return null;
  }
}
