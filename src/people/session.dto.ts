import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { PageOf } from '../http/parameters/page.js';

const Time = (description: string, example: string | null) =>
  ApiProperty({ type: String, format: 'date-time', nullable: example === null, description, example });

/** The session of a person, without its secret, which is not stored. */
@ApiSchema({ name: 'Session' })
export class SessionDto {
  @ApiProperty({
    type: String,
    format: 'uuid',
    description: 'The id of the session.',
    example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
  })
  id!: string;

  @ApiProperty({
    type: String,
    description: "The identity provider's id of the person. The audit names them `person:` and this id.",
    example: '5f2a91c4',
  })
  subject!: string;

  @ApiProperty({ type: String, description: 'The name of the person.', example: 'Ada Example' })
  name!: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    description: 'Those values of the roles claim that OIDC_ROLES has.',
    example: ['managers'],
  })
  roles!: string[];

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    description: 'What the person may do.',
    example: ['calls:read', 'stats:read'],
  })
  scopes!: string[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The address from which the person signed in; null if it is not known.',
    example: '203.0.113.7',
  })
  remoteAddress!: string | null;

  @Time('When the person signed in.', '2025-06-01T02:05:31.120Z')
  createdAt!: string;

  @Time('When the session ends at the latest.', '2025-06-01T14:05:31.120Z')
  expiresAt!: string;

  @Time('When the identity provider last confirmed the person.', '2025-06-01T02:10:31.120Z')
  checkedAt!: string;

  @Time('When the session ended before its time; null if it did not.', null)
  endedAt!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why the session ended before its time; null if it did not.',
    example: 'signed out',
  })
  endReason!: string | null;
}

export class SessionPage extends PageOf(
  SessionDto,
  'The sessions, newest first, including those that have ended.',
) {}
