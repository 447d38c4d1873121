import { ApiProperty, ApiSchema, PickType } from '@nestjs/swagger';
import { PageOf } from '../../http/parameters/page.js';
import { Field, INSTANT, list, oneOf, OptionalField, text } from '../../http/parameters/value-rules.js';
import { type Scope, SCOPES } from '../principal.js';

const ID = { type: String, format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' } as const;
const NAME = { description: 'What it is for.', example: 'CRM' } as const;
const SOURCE_NAME = text({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9._-]+$',
  expected: 'must be names of sources',
});
const SCOPE_LIST = list(oneOf(SCOPES, 'must be of'), {
  least: 1,
  most: SCOPES.length,
  unique: true,
  type: 'must be an array of scopes',
});
const SOURCE_LIST = list(SOURCE_NAME, {
  least: 1,
  most: 100,
  unique: true,
  type: 'must be an array of names of sources',
});

const Time = (description: string, example: string | null) =>
  ApiProperty({ type: String, format: 'date-time', nullable: example === null, description, example });

/** A key to be made. */
export class NewApiKeyRequest {
  @Field(text({ minLength: 1, maxLength: 100 }), NAME)
  name!: string;

  @Field(SCOPE_LIST, {
    description: "What it may do. The maker's own scopes at most.",
    example: ['calls:read', 'stats:read'],
  })
  scopes!: Scope[];

  @OptionalField(SOURCE_LIST, {
    description:
      'The sources to which it is limited: calls of others are not there for it. Default, and null: all.',
    example: ['vendor'],
  })
  sources?: string[];

  @OptionalField(INSTANT, {
    description:
      'When it stops working, in the future: ISO 8601 with an offset, or a date, which means its first moment in the zone of the pushes. Default, and null: never.',
    example: '2099-01-01T00:00:00+08:00',
  })
  expiresAt?: string;
}

/** A key to the API, without its secret, which nobody keeps. */
@ApiSchema({ name: 'ApiKey' })
export class ApiKeyDto {
  @ApiProperty({ ...ID, description: 'The key; a part of its text.' })
  id!: string;

  @ApiProperty({ ...NAME, type: String })
  name!: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'string', enum: [...SCOPES] },
    description: 'What it may do.',
    example: ['calls:read'],
  })
  scopes!: string[];

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    nullable: true,
    description: 'The sources to which it is limited; null: it is not.',
    example: ['vendor'],
  })
  sources!: string[] | null;

  @Time('When it was made.', '2025-06-01T02:05:31.120Z')
  createdAt!: string;

  @ApiProperty({
    type: String,
    description: 'The id of the key that made it; `admin` for the key of the settings.',
    example: 'admin',
  })
  createdBy!: string;

  @Time('When it stops working; null: never.', null)
  expiresAt!: string | null;

  @Time('When it was revoked; null: it was not.', null)
  revokedAt!: string | null;

  @Time('When it was last used, noted within some seconds; null: never.', null)
  lastUsedAt!: string | null;
}

/** A key that was just made. */
export class NewApiKey extends ApiKeyDto {
  @ApiProperty({
    type: String,
    description: 'The key itself, to be sent as `Authorization: Bearer`. Shown this once.',
    example: `clk_${ID.example}_${'0123456789abcdef'.repeat(4)}`,
  })
  key!: string;
}

/** The key that asks. */
export class CurrentApiKey extends PickType(ApiKeyDto, ['name', 'scopes', 'sources']) {
  @ApiProperty({
    type: String,
    description: 'The key; `admin` for the key of the settings.',
    example: ID.example,
  })
  id!: string;
}

export class ApiKeyPage extends PageOf(ApiKeyDto, 'The keys, the newest first, revoked ones too.') {}
