import { Controller, Get, NotFoundException, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { NoParameters } from '../../http/parameters/validation.pipe.js';
import { MayBeMissing } from '../../http/problems/problem.docs.js';
import type { Request } from 'express';
import { auditedRequest } from '../../security/audit/audited-request.js';
import { AuditLog } from '../../security/audit/audit-log.js';
import { Asker, type Principal } from '../../security/principal.js';
import { QueryApi } from '../../security/query-api.js';
import { isStorable } from '../storable.js';
import { ConversationDto } from './conversation.dto.js';
import { ConversationRepository } from './conversation.repository.js';

const MISSING = 'There is no call with this callId, or its conversation is not known';

@Controller('v1/calls')
@QueryApi('conversations:read')
@ApiTags('Calls')
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationRepository,
    private readonly audit: AuditLog,
  ) {}

  /** Each read is recorded in the audit before the answer is sent. */
  @Get(':callId/conversation')
  @ApiOperation({
    operationId: 'getConversation',
    summary: 'Get the conversation of a call',
    description: 'What the assistant and the person said. Each request is recorded in the audit.',
  })
  @ApiParam({
    name: 'callId',
    description: 'The call.',
    example: '100001611234^100001811234',
    extensions: { 'x-ids-from': '/v1/calls?hasNote=true' },
  })
  @ApiOkResponse({ type: ConversationDto, description: 'The conversation.' })
  @MayBeMissing(MISSING)
  async find(
    @Param('callId') callId: string,
    @Query() _none: NoParameters,
    @Asker() asker: Principal,
    @Req() request: Request,
  ): Promise<ConversationDto> {
    const data = isStorable(callId) ? await this.conversations.find(callId, asker) : undefined;
    if (data === undefined) throw new NotFoundException(MISSING);
    const detail = auditedRequest(request);
    await this.audit.record({ action: 'conversation.read', by: asker, detail, rows: 1 });
    return { data };
  }
}
