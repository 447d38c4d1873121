import { Controller, Delete, Get, HttpCode, Param, Query, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext, PageQuery } from '../../http/parameters/page.js';
import { NoParameters } from '../../http/parameters/validation.pipe.js';
import { BodyMayBeRefused, MayBeMissing } from '../../http/problems/problem.docs.js';
import { Asker, type Principal } from '../../security/principal.js';
import { NEXT_PAGE_LINK, QueryApi } from '../../security/query-api.js';
import { FollowerPage } from './follower.dto.js';
import { FollowersService } from './followers.service.js';

@Controller('v1/followers')
@QueryApi('calls:read', 'webhooks:manage')
@ApiTags('Changes')
export class FollowersController {
  constructor(private readonly followers: FollowersService) {}

  @Get()
  @ApiOperation({
    operationId: 'listFollowers',
    summary: 'List followers',
    description:
      'Those who follow the feed of changes, and how far they are behind: the followers of your key. With `webhooks:manage`, also those of other keys, and webhooks, as far as your key may see their sources.',
  })
  @ApiOkResponse({ type: FollowerPage, description: 'A page of followers.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: PageQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FollowerPage> {
    return linkNext(await this.followers.list(query, asker), request, response);
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteFollower',
    summary: 'Delete a follower',
    description:
      'Forgets a follower that is not used any more. If it asks for changes again, it is known again. With `webhooks:manage`, the followers of this name of all keys that you see are forgotten.',
  })
  @ApiParam({ name: 'name', description: 'The name of the follower.', example: 'crm' })
  @ApiNoContentResponse({ description: 'The follower is forgotten.' })
  @MayBeMissing('There is no follower with this name')
  @BodyMayBeRefused()
  remove(
    @Param('name') name: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<void> {
    return this.followers.remove(name, asker);
  }
}
