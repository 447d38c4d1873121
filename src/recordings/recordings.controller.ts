import { applyDecorators, Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { NoParameters } from '../http/parameters/validation.pipe.js';
import { MayBeBusy, MayBeMissing, RangeMayBeBeyond } from '../http/problems/problem.docs.js';
import { Asker, type Principal } from '../security/principal.js';
import { QueryApi } from '../security/query-api.js';
import { RecordingsService, UNREADABLE } from './recordings.service.js';

const text = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const, example },
});
const AUDIO = { 'audio/wav': { schema: { type: 'string', format: 'binary' } } };
const HEADERS = {
  ETag: text('Names the content of the file.', '"5b1f…"'),
  'Accept-Ranges': text('Parts can be asked for.', 'bytes'),
};

function AudioFile(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Range',
      required: false,
      description: 'One part of the file.',
      example: 'bytes=0-1023',
    }),
    ApiOkResponse({ description: 'The file.', headers: HEADERS, content: AUDIO }),
    ApiResponse({
      status: 206,
      description: 'The part of the file.',
      headers: { ...HEADERS, 'Content-Range': text('Which part.', 'bytes 0-1023/262144') },
      content: AUDIO,
    }),
    ApiResponse({
      status: 304,
      description: 'The file is the one that `If-None-Match` names.',
      headers: HEADERS,
    }),
    RangeMayBeBeyond({ ...HEADERS, 'Content-Range': text('The size of the file.', 'bytes */262144') }),
  );
}

@Controller('v1/calls')
@QueryApi('recordings:read')
@ApiTags('Calls')
export class RecordingsController {
  constructor(private readonly recordings: RecordingsService) {}

  @Get(':callId/recording')
  @ApiOperation({
    operationId: 'getRecording',
    summary: 'Get the recording of a call',
    description:
      'The audio file, with the content type that the store of the vendor gave. Each request is recorded in the audit.',
  })
  @ApiParam({
    name: 'callId',
    description: 'The call.',
    example: '100001611234^100001811234',
    extensions: { 'x-ids-from': '/v1/calls?recordingState=kept' },
  })
  @AudioFile()
  @MayBeMissing('There is no call with this callId, or its recording is not kept')
  @MayBeBusy(UNREADABLE)
  async find(
    @Param('callId') callId: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<null> {
    await this.recordings.send(callId, asker, request, response);
    // The answer is written already. The interceptor that writes JSON ignores the returned value then.
    return null;
  }
}
