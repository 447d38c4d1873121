import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageOf } from '../../http/parameters/page.js';

/** One who follows the feed of changes. */
@ApiSchema({ name: 'Follower' })
export class FollowerDto {
  @ApiProperty({ type: String, description: 'Its name.', example: 'crm' })
  name!: string;

  @ApiProperty({
    type: String,
    enum: ['follower', 'webhook'],
    description: '`follower`: it asks for changes. `webhook`: changes are sent to it.',
    example: 'follower',
  })
  kind!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The id of the webhook; null for a follower.',
    example: null,
  })
  id!: string | null;

  @ApiProperty({
    type: String,
    description: 'The API key that it belongs to; `admin` for the key of the settings.',
    example: 'admin',
  })
  keyId!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The name of that key; null for the key of the settings.',
    example: 'CRM',
  })
  keyName!: string | null;

  @ApiProperty({
    type: String,
    description: 'How far it is: the `after` that it last sent, or the cursor of the webhook.',
    example: 'WyJjaGFuZ2VzIiw0MTksIiJd',
  })
  cursor!: string;

  @ApiProperty({
    type: 'integer',
    description:
      'How many changes come after its cursor, before its own filters. The changes of at most 10,000 pushes are counted.',
    example: 0,
  })
  lagChanges!: number;

  @ApiProperty({
    type: 'integer',
    description: 'How long ago the oldest of these was received, in seconds. 0: there are none.',
    example: 0,
  })
  lagSeconds!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'When a follower last asked, or when a request to a webhook last succeeded; null if none has. Followers are forgotten 30 days after they were last seen.',
    example: '2025-06-01T02:05:31.120Z',
  })
  lastSeenAt!: string | null;
}

export class FollowerPage extends PageOf(FollowerDto, 'Followers and webhooks, by name.') {}
