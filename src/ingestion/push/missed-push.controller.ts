import { Controller, Post, Req, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { MissedPushes } from './missed-pushes.js';
import { PushErrorFilter } from './push-error.filter.js';
import type { PushRequest } from './push.guard.js';

/** Whatever is posted below `/push` and to none of the paths there. It must stand behind these. */
@Controller()
@UseFilters(PushErrorFilter)
@ApiExcludeController()
export class MissedPushController {
  constructor(private readonly misses: MissedPushes) {}

  @Post('push{/*path}')
  refuse(@Req() request: PushRequest): never {
    return this.misses.refuse(request);
  }
}
