import { Controller, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { DELIVERY_ID } from '../../http/answers/api-headers.js';
import type { MessageKind } from '../reading/message-kind.js';
import { type PushAnswer, PushDocs } from './push.docs.js';
import { PushError, PushErrorFilter } from './push-error.filter.js';
import { PushGuard, type PushRequest } from './push.guard.js';
import { PushService } from './push.service.js';

/** The answer as a string, not as bytes, because Node.js writes a string together with the headers. */
const KEPT = JSON.stringify({ code: 0, msg: 'Success' } satisfies PushAnswer);

/** The endpoints to which the vendor pushes. */
@Controller('push')
@UseGuards(PushGuard)
@UseFilters(PushErrorFilter)
@ApiTags('Push')
export class PushController {
  constructor(private readonly pushes: PushService) {}

  @Post(':token/call-reports')
  @HttpCode(200)
  @PushDocs('report', { tokenInPath: true })
  pushWithToken(@Req() request: PushRequest, @Res() response: Response) {
    return this.answer(request, response, 'report');
  }

  @Post('call-reports')
  @HttpCode(200)
  @PushDocs('report', { tokenInPath: false })
  push(@Req() request: PushRequest, @Res() response: Response) {
    return this.answer(request, response, 'report');
  }

  @Post(':token/call-notes')
  @HttpCode(200)
  @PushDocs('note', { tokenInPath: true })
  pushNotesWithToken(@Req() request: PushRequest, @Res() response: Response) {
    return this.answer(request, response, 'note');
  }

  @Post('call-notes')
  @HttpCode(200)
  @PushDocs('note', { tokenInPath: false })
  pushNotes(@Req() request: PushRequest, @Res() response: Response) {
    return this.answer(request, response, 'note');
  }

  @Post(':token/call-recordings')
  @HttpCode(200)
  @PushDocs('recording', { tokenInPath: true })
  pushRecordingsWithToken(@Req() request: PushRequest, @Res() response: Response) {
    return this.answer(request, response, 'recording');
  }

  @Post('call-recordings')
  @HttpCode(200)
  @PushDocs('recording', { tokenInPath: false })
  pushRecordings(@Req() request: PushRequest, @Res() response: Response) {
    return this.answer(request, response, 'recording');
  }

  /**
   * Acknowledges a push once it is kept. The answer is always the same text: building it each time, with its content
   * type, took a fortieth of the time of a push of one record.
   *
   * @param expects the message of the URL
   * @throws PushError for every push that is not acknowledged
   */
  private async answer(request: PushRequest, response: Response, expects: MessageKind): Promise<void> {
    const result = await this.pushes.take(request, expects, (deliveryId) => {
      response.setHeader(DELIVERY_ID, deliveryId);
    });
    if (!('keptIn' in result)) {
      const { status, reason, retryAfter, cause } = result;
      throw new PushError(status, reason, retryAfter, { cause });
    }
    request.keptIn = result.keptIn;
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.setHeader('Content-Length', Buffer.byteLength(KEPT));
    response.end(KEPT);
  }
}
