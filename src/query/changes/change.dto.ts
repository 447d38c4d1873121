import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { SelectedCall } from '../calls/call.dto.js';
import { MOST_CHANGES } from './change-query.dto.js';

/** A call that was stored or corrected. */
class CallChange {
  @ApiProperty({ type: String, enum: ['call'], description: 'The kind of change.', example: 'call' })
  type!: 'call';

  @ApiProperty({
    type: SelectedCall,
    description: 'The call with its current content, or those of its fields that were asked for.',
  })
  call!: SelectedCall;
}

/** A call that was erased. */
class ErasedChange {
  @ApiProperty({ type: String, enum: ['erased'], description: 'The kind of change.', example: 'erased' })
  type!: 'erased';

  @ApiProperty({ type: String, description: 'The call.', example: '100001611234^100001811234' })
  callId!: string;
}

@ApiExtraModels(CallChange, ErasedChange)
export class ChangePage {
  @ApiProperty({
    type: 'array',
    maxItems: MOST_CHANGES,
    items: {
      oneOf: [{ $ref: getSchemaPath(CallChange) }, { $ref: getSchemaPath(ErasedChange) }],
      discriminator: {
        propertyName: 'type',
        mapping: { call: getSchemaPath(CallChange), erased: getSchemaPath(ErasedChange) },
      },
    },
    description: 'The changes, in the order in which they were committed.',
  })
  data!: (CallChange | ErasedChange)[];

  @ApiProperty({
    type: String,
    description: 'Send it as `after` to get the next changes. It is always present, even if nothing is new.',
    example: 'WyJjaGFuZ2VzIiw0MTksIiJd',
  })
  nextCursor!: string;

  @ApiProperty({
    type: Boolean,
    description:
      'Whether these are the last changes for now. If it is false, ask again at once, even if `data` is empty.',
    example: true,
  })
  upToDate!: boolean;
}
