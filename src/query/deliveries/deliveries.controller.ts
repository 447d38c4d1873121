import { Controller, Get, Param, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { linkNext } from '../../http/parameters/page.js';
import { MayBeGone, MayBeMissing } from '../../http/problems/problem.docs.js';
import { NoParameters } from '../../http/parameters/validation.pipe.js';
import { Asker, type Principal } from '../../security/principal.js';
import { NEXT_PAGE_LINK, QueryApi } from '../../security/query-api.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryDto, DeliveryPage, DeliveryQuery } from './delivery.dto.js';

const ID = {
  name: 'id',
  format: 'uuid',
  description: 'The delivery.',
  example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
};
/** Any JSON that can be a push. */
const PUSHED = {
  oneOf: [
    { type: 'array', items: {} },
    { type: 'object', additionalProperties: true },
  ],
};
const MISSING = 'There is no delivery with this id';

@Controller('v1/deliveries')
@QueryApi('deliveries:read')
@ApiTags('Deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get()
  @ApiOperation({
    operationId: 'listDeliveries',
    summary: 'List deliveries',
    description: 'The pushes that were acknowledged with 200, and what each of them did to the ledger.',
  })
  @ApiOkResponse({ type: DeliveryPage, description: 'A page of deliveries.', headers: NEXT_PAGE_LINK })
  async list(
    @Query() query: DeliveryQuery,
    @Asker() asker: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DeliveryPage> {
    return linkNext(await this.deliveries.list(query, asker), request, response);
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getDelivery',
    summary: 'Get a delivery',
    description: 'One push and what it did.',
  })
  @ApiParam(ID)
  @ApiOkResponse({ type: DeliveryDto, description: 'The delivery.' })
  @MayBeMissing(MISSING)
  find(
    @Param('id') id: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<DeliveryDto> {
    return this.deliveries.find(id, asker);
  }

  @Get(':id/body')
  @ApiOperation({
    operationId: 'getDeliveryBody',
    summary: 'Get the body of a delivery',
    description:
      'The bytes of the push after decompression, exactly as they arrived. Without `numbers:read`, the same JSON with masked numbers.',
  })
  @ApiParam({ ...ID, extensions: { 'x-ids-from': '/v1/deliveries?via=direct,journal' } })
  @ApiOkResponse({
    description: 'The body.',
    content: { 'application/json': { schema: PUSHED, example: [{ callId: '100001611234^100001811234' }] } },
  })
  @MayBeMissing(MISSING)
  @MayBeGone('The body is not kept any more')
  async body(
    @Param('id') id: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
  ): Promise<StreamableFile> {
    return new StreamableFile(await this.deliveries.body(id, asker), {
      type: 'application/json; charset=utf-8',
    });
  }
}
