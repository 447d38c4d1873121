import { ApiProperty, ApiSchema, PickType } from '@nestjs/swagger';
import { PageOf } from '../../http/parameters/page.js';
import { Field, INSTANT, list, oneOf, OptionalField, text } from '../../http/parameters/value-rules.js';
import { type Scope, SCOPES } from '../principal.js';

const ID = { type: String, format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' } as const;
const NAME = { description: 'What the key is for.', example: 'CRM' } as const;
const SOURCE_NAME = text({
  minLength: 1,
  maxLength: 64,
  pattern: '^[A-Za-z0-9._-]+$',
  expected: 'must be names of sources',
});
const SCOPE_LIST = list(oneOf(SCOPES, 'must be one or more of'), {
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

/** A request to create an API key. */
export class NewApiKeyRequest {
  @Field(text({ minLength: 1, maxLength: 100 }), NAME)
  name!: string;

  @Field(SCOPE_LIST, {
    description: 'The scopes of the new key. You can grant only scopes that your own key has.',
    example: ['calls:read', 'stats:read'],
  })
  scopes!: Scope[];

  @OptionalField(SOURCE_LIST, {
    description:
      'The sources that the new key is limited to. It cannot see calls of other sources. Default, and null: all sources. If your own key is limited to sources, you must name some of them.',
    example: ['vendor'],
  })
  sources?: string[];

  @OptionalField(INSTANT, {
    description:
      'When the new key expires. It must be in the future: a time in ISO 8601 with an offset, or a date, which means its first moment in the time zone of the pushes. Default, and null: never. If your own key expires, the new one must not expire later.',
    example: '2099-01-01T00:00:00+08:00',
  })
  expiresAt?: string;
}

/** An API key, without its secret, which is not stored. */
@ApiSchema({ name: 'ApiKey' })
export class ApiKeyDto {
  @ApiProperty({ ...ID, description: 'The id of the key, which is also a part of its text.' })
  id!: string;

  @ApiProperty({ ...NAME, type: String })
  name!: string;

  @ApiProperty({
    type: 'array',
    items: { type: 'string', enum: [...SCOPES] },
    description: 'The scopes of the key.',
    example: ['calls:read'],
  })
  scopes!: string[];

  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    nullable: true,
    description: 'The sources that the key is limited to; null if it is not limited.',
    example: ['vendor'],
  })
  sources!: string[] | null;

  @Time('When the key was created.', '2025-06-01T02:05:31.120Z')
  createdAt!: string;

  @ApiProperty({
    type: String,
    description: 'The id of the key that created this one; `admin` for the key of the settings.',
    example: 'admin',
  })
  createdBy!: string;

  @Time('When the key expires; null if never.', null)
  expiresAt!: string | null;

  @Time('When the key was revoked; null if it was not.', null)
  revokedAt!: string | null;

  @Time('When the key was last used; null if never. The value may be some seconds late.', null)
  lastUsedAt!: string | null;
}

/** A new API key with its secret. */
export class NewApiKey extends ApiKeyDto {
  @ApiProperty({
    type: String,
    description: 'The key itself. Send it as `Authorization: Bearer`. It is shown only this once.',
    example: `clk_${ID.example}_${'0123456789abcdef'.repeat(4)}`,
  })
  key!: string;
}

/** The API key of the request. */
export class CurrentApiKey extends PickType(ApiKeyDto, ['name', 'scopes', 'sources']) {
  @ApiProperty({
    type: String,
    description: 'The id of the key; `admin` for the key of the settings.',
    example: ID.example,
  })
  id!: string;
}

export class ApiKeyPage extends PageOf(ApiKeyDto, 'The keys, newest first, including revoked keys.') {}
