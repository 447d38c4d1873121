// How the push endpoint stands in the API's description.
import { applyDecorators } from '@nestjs/common';
import {
  ApiBasicAuth,
  ApiBearerAuth,
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { CallRecord, VENDOR_FIELDS } from '../../call/call-record.js';
import { challengeHeader, type HeaderDocs, RETRY_AFTER } from '../../openapi/common-answers.js';
import { CHALLENGES } from './push.guard.js';

const DELIVERY_ID = {
  description: 'The id of the delivery.',
  schema: { type: 'string', format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' },
} as const;

type Refusal = readonly [status: number, description: string, msg: string, headers?: HeaderDocs];

const REFUSALS: readonly Refusal[] = [
  [
    400,
    'The body holds no records; it is kept in the quarantine.',
    'The body is not JSON: unexpected character at byte 17',
    // Without it the request itself is broken, and nothing of it is kept.
    { 'X-Delivery-Id': DELIVERY_ID },
  ],
  [
    401,
    'No token, or not a known one. Nothing is kept.',
    'This push token is not known',
    challengeHeader(CHALLENGES),
  ],
  [403, 'The address is not among PUSH_ALLOW_FROM. Nothing is kept.', 'This address may not push'],
  [
    413,
    'The body is larger than PUSH_BODY_LIMIT, perhaps once unpacked. Nothing is kept.',
    'The body is larger than 33554432 bytes',
  ],
  [
    415,
    'The body is encoded otherwise than with gzip, deflate or br. It is kept in the quarantine.',
    'The body is encoded as zstd, which is not understood; gzip, deflate and br are',
    { 'X-Delivery-Id': DELIVERY_ID },
  ],
  [
    429,
    'One of too many wrong tokens from this address within a minute. A known token is never refused for it.',
    'Too many wrong push tokens came from this address',
    RETRY_AFTER,
  ],
  [
    503,
    'Nothing could be kept in time, or too much of this source is being pushed at once; push again.',
    'The database is not available',
    { ...RETRY_AFTER, 'X-Delivery-Id': DELIVERY_ID },
  ],
];

const { taskId, batchId, detailId, ...others } = Object.fromEntries(
  VENDOR_FIELDS.filter(({ name }) => !/^b[A-Z]/.test(name)).map(({ name, example }) => [name, example]),
);
/** A call of one leg. */
const EXAMPLE = [{ taskId, batchId, detailId, ...others }];

/** @param tokenInPath whether the route carries the token in its path, or in the Authorization header */
export function PushDocs({ tokenInPath }: { tokenInPath: boolean }): MethodDecorator {
  const security = tokenInPath
    ? [
        ApiParam({
          name: 'token',
          type: String,
          description: 'A push token of PUSH_TOKENS.',
          example: 'a-token-of-16-or-more',
        }),
      ]
    : [ApiBearerAuth('pushToken'), ApiBasicAuth('pushPassword')];
  return applyDecorators(
    ApiExtraModels(CallRecord, PushAnswer),
    ApiOperation({
      operationId: tokenInPath ? 'pushWithTokenInPath' : 'push',
      summary: tokenInPath
        ? 'Take call records, token in the path'
        : 'Take call records, token in the header',
      description:
        'Takes an array of call records (or one bare object), in whatever content type. It may be compressed. 200 says that ' +
        'every record is kept: as a call, or in the quarantine when it can not be read as one.',
      ...(tokenInPath ? { security: [] } : {}),
    }),
    ...security,
    ApiHeader({
      name: 'Content-Encoding',
      required: false,
      description:
        '`gzip`, `deflate` or `br`; or up to three of them in the order in which they were applied.',
      example: 'gzip',
    }),
    ApiBody({
      required: true,
      description: 'The records.',
      schema: {
        oneOf: [
          { type: 'array', items: { $ref: getSchemaPath(CallRecord) } },
          { $ref: getSchemaPath(CallRecord) },
        ],
        example: EXAMPLE,
      },
    }),
    ApiResponse({
      status: 200,
      description: 'Kept. The same body again within an hour is answered the same.',
      type: PushAnswer,
      headers: { 'X-Delivery-Id': { ...DELIVERY_ID, required: true } },
    }),
    ...REFUSALS.map(([status, description, msg, headers]) =>
      ApiResponse({
        status,
        description,
        ...(headers && { headers }),
        content: {
          'application/json': { schema: { $ref: getSchemaPath(PushAnswer) }, example: { code: status, msg } },
        },
      }),
    ),
  );
}

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
