import { ApiProperty, ApiSchema } from '@nestjs/swagger';

/** One thing that was said. */
@ApiSchema({ name: 'Turn' })
export class TurnDto {
  @ApiProperty({
    type: String,
    description: 'Who said it: `assistant` or `user`. Other roles may come.',
    example: 'user',
  })
  role!: string;

  @ApiProperty({
    type: String,
    description: 'What was said. It may hold markers of the vendor, such as `<hangup/>`.',
    example: '喂，你好',
  })
  content!: string;
}

@ApiSchema({ name: 'Conversation' })
export class ConversationDto {
  @ApiProperty({ type: [TurnDto], description: 'What was said, in order.' })
  data!: TurnDto[];
}
