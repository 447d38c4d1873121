import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext } from '../http/parameters/page.js';
import { BodyMayBeRefused, MayBeMissing, MayConflict } from '../http/problems/problem.docs.js';
import { NoParameters } from '../http/parameters/validation.pipe.js';
import { Asker, type Principal } from '../security/principal.js';
import { NEXT_PAGE_LINK, QueryApi } from '../security/query-api.js';
import { DiscardResult, QuarantineGroups } from './quarantine-bulk.dto.js';
import {
  DiscardRequest,
  QuarantineEntryDto,
  QuarantinePage,
  QuarantineQuery,
  QuarantineSelection,
  ReplayRequest,
  ReplayResult,
} from './quarantine.dto.js';
import { QuarantineService } from './quarantine.service.js';
import { DiscardService } from './discard.service.js';
import { ReplayService } from './replay.service.js';

const ID = {
  name: 'id',
  format: 'uuid',
  description: 'The id of the entry.',
  example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
};
const MISSING = 'There is no entry with this id in the quarantine';

@Controller('v1/quarantine')
@QueryApi('quarantine:manage')
@ApiTags('Quarantine')
export class QuarantineController {
  constructor(
    private readonly quarantine: QuarantineService,
    private readonly replays: ReplayService,
    private readonly discards: DiscardService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listQuarantine',
    summary: 'List quarantine entries',
    description:
      'Lists records and bodies that could not be read as calls, newest first. Each entry shows the original bytes, the place in the body and the reason.',
  })
  @ApiOkResponse({ type: QuarantinePage, description: 'A page of entries.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: QuarantineQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<QuarantinePage> {
    return linkNext(await this.quarantine.list(query, asker), request, response);
  }

  @Get('groups')
  @ApiOperation({
    operationId: 'groupQuarantine',
    summary: 'Group quarantine entries by cause',
    description:
      'Groups entries by reason and source, with how many there are, and when the first and the last one arrived. It counts at most the newest 100,000 entries. To see the entries of a group, send its `reason` and `source` to the list; to work on them, to replay or discard.',
  })
  @ApiOkResponse({ type: QuarantineGroups, description: 'The groups.' })
  groups(@Query() query: QuarantineSelection, @Asker() asker: Principal): Promise<QuarantineGroups> {
    return this.quarantine.groups(query, asker);
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getQuarantined',
    summary: 'Get a quarantine entry',
    description: 'Shows one record or body that could not be read as calls.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: QuarantineEntryDto, description: 'The entry.' })
  @MayBeMissing(MISSING)
  find(
    @Param('id') id: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<QuarantineEntryDto> {
    return this.quarantine.find(id, asker);
  }

  @Post('replay')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'replayQuarantine',
    summary: 'Replay quarantine entries',
    description:
      'Reads open entries again with the rules of the running version. Entries that can be read now are written into the ledger as a new delivery, with the time at which they first arrived. Other entries stay open.',
  })
  @ApiOkResponse({ type: ReplayResult, description: 'The result of the replay.' })
  @BodyMayBeRefused()
  replay(
    @Body() request: ReplayRequest,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<ReplayResult> {
    return this.replays.replay(request, asker);
  }

  @Post('discard')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'discardQuarantine',
    summary: 'Discard quarantine entries',
    description:
      'Marks open entries as not needed. They stay visible, but replays skip them. Send it with `dryRun` first: it then only counts. A request without any filter is refused.',
  })
  @ApiOkResponse({ type: DiscardResult, description: 'The result.' })
  @BodyMayBeRefused()
  discardAll(
    @Body() request: DiscardRequest,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<DiscardResult> {
    return this.discards.discard(request, asker);
  }

  @Post(':id/discard')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'discardQuarantined',
    summary: 'Discard a quarantine entry',
    description: 'Marks an entry as not needed. It stays visible, but replays skip it.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: QuarantineEntryDto, description: 'The discarded entry.' })
  @MayBeMissing(MISSING)
  @MayConflict('The entry has been replayed')
  @BodyMayBeRefused()
  discard(
    @Param('id') id: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<QuarantineEntryDto> {
    return this.quarantine.discard(id, asker);
  }
}
