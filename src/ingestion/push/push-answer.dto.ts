import { ApiProperty } from '@nestjs/swagger';

/** The answer to a push. The vendor looks at the HTTP status; `code` must be a number. */
export class PushAnswer {
  @ApiProperty({
    type: 'integer',
    maximum: 599,
    description: '0 when the push is kept, else the HTTP status.',
    example: 0,
  })
  code!: number;

  @ApiProperty({ type: String, description: 'Says in words what became of the push.', example: 'Success' })
  msg!: string;
}
