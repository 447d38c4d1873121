import { Controller, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { PushDocs } from './push.docs.js';
import { PushErrorFilter } from './push-error.filter.js';
import { PushGuard, type PushRequest } from './push.guard.js';
import { PushService } from './push.service.js';

/** Where the vendor pushes to. */
@Controller('push')
@UseGuards(PushGuard)
@UseFilters(PushErrorFilter)
@ApiTags('Push')
export class PushController {
  constructor(private readonly pushes: PushService) {}

  @Post(':token/call-reports')
  @HttpCode(200)
  @PushDocs({ tokenInPath: true })
  pushWithToken(@Req() request: PushRequest, @Res() response: Response) {
    return this.pushes.take(request, response);
  }

  @Post('call-reports')
  @HttpCode(200)
  @PushDocs({ tokenInPath: false })
  push(@Req() request: PushRequest, @Res() response: Response) {
    return this.pushes.take(request, response);
  }
}
