import { ApiProperty, ApiSchema, PickType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  ValidateBy,
} from 'class-validator';
import { isInstantText } from '../../http/instant-text.js';
import { PageInfo } from '../../http/page.dto.js';
import { type Scope, SCOPES } from '../scopes.js';

const ID = { type: String, format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' } as const;
const NAME = { type: String, description: 'What it is for.', example: 'CRM' } as const;
const SCOPE_LIST = { type: 'array' as const, items: { type: 'string', enum: [...SCOPES] } };
const SOURCE_LIST = { type: 'array' as const, items: { type: 'string' }, example: ['vendor'] };
const LONGEST_NAME = 100;
const MOST_SOURCES = 100;
const SOURCE_RULE = `must be an array of 1 to ${MOST_SOURCES} different names of sources`;

const Time = (description: string, example: string | null) =>
  ApiProperty({ type: String, format: 'date-time', nullable: example === null, description, example });

/** A key to be made. */
export class NewApiKeyRequest {
  @ApiProperty({ ...NAME, maxLength: LONGEST_NAME })
  @IsString({ message: 'must be text' })
  @Matches(/^[^\0]{1,100}$/u, { message: `must have 1 to ${LONGEST_NAME} characters` })
  name!: string;

  @ApiProperty({
    ...SCOPE_LIST,
    minItems: 1,
    description: "What it may do. The maker's own scopes at most.",
    example: ['calls:read', 'stats:read'],
  })
  @IsArray({ message: 'must be an array of scopes' })
  @ArrayMinSize(1, { message: 'must name at least one scope' })
  @ArrayUnique({ message: 'must name nothing twice' })
  @IsIn(SCOPES, { each: true, message: `must be of ${SCOPES.join(', ')}` })
  scopes!: Scope[];

  @ApiProperty({
    ...SOURCE_LIST,
    required: false,
    minItems: 1,
    maxItems: MOST_SOURCES,
    description: 'The sources to which it is limited: calls of others are not there for it. Default: all.',
  })
  @IsOptional()
  @IsArray({ message: SOURCE_RULE })
  @ArrayMinSize(1, { message: SOURCE_RULE })
  @ArrayMaxSize(MOST_SOURCES, { message: SOURCE_RULE })
  @ArrayUnique({ message: SOURCE_RULE })
  @Matches(/^[A-Za-z0-9._-]{1,64}$/, { each: true, message: 'must be names of sources' })
  sources?: string[];

  @ApiProperty({
    type: String,
    required: false,
    description:
      'When it stops working: ISO 8601 with an offset, or a date, which means its first moment in the zone of the pushes. Default: never.',
    example: '2099-01-01T00:00:00+08:00',
  })
  @IsOptional()
  @ValidateBy({
    name: 'isInstantText',
    validator: {
      validate: isInstantText,
      defaultMessage: () => 'must be ISO 8601 with an offset such as 2099-01-01T10:00:00Z, or a date',
    },
  })
  expiresAt?: string;
}

/** A key to the API, without its secret, which nobody keeps. */
@ApiSchema({ name: 'ApiKey' })
export class ApiKeyDto {
  @ApiProperty({ ...ID, description: 'The key; a part of its text.' })
  id!: string;

  @ApiProperty(NAME)
  name!: string;

  @ApiProperty({ ...SCOPE_LIST, description: 'What it may do.', example: ['calls:read'] })
  scopes!: string[];

  @ApiProperty({
    ...SOURCE_LIST,
    nullable: true,
    description: 'The sources to which it is limited; null: it is not.',
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

export class ApiKeyPage {
  @ApiProperty({ type: [ApiKeyDto], description: 'The keys, the newest first, revoked ones too.' })
  data!: ApiKeyDto[];

  @ApiProperty({ type: PageInfo, description: 'Where this page stands.' })
  page!: PageInfo;
}
