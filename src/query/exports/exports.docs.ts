// How the answers of exports stand in the API's description.
import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse } from '@nestjs/swagger';
import { SelectedCall } from '../calls/call.dto.js';

const CSV = `callId,outId,originateTime,duration,answered,callee\r
"\t100001611234^100001811234","\t123456",2025-06-01T01:59:45.000Z,330,true,"\t13900000000"\r
`;
const NDJSON = `{"callId":"100001611234^100001811234","outId":"123456","originateTime":"2025-06-01T01:59:45.000Z","duration":330}
`;

const header = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const, example },
});

export function ExportedFile(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(SelectedCall),
    ApiOkResponse({
      description:
        'The file, as it is read from the ledger; gzipped for clients that accept it. It is whole when the answer ends ' +
        'properly: what goes wrong later breaks the connection off. An export on which nothing moves for five minutes, ' +
        'because the client does not read, is broken off too, and so is one whose key is revoked or expires.',
      headers: {
        'Content-Disposition': header(
          'The name to save it by.',
          'attachment; filename="calls-from-2025-06-01-to-2025-06-02.csv"',
        ),
      },
      content: {
        'text/csv': {
          schema: { type: 'string', description: 'A line of field names, then a call a line.' },
          example: CSV,
        },
        'application/x-ndjson': {
          schema: { type: 'string', description: `A call a line, each a JSON object as in lists of calls.` },
          example: NDJSON,
        },
      },
    }),
  );
}
