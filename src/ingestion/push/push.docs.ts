// The push endpoints in the OpenAPI document.
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
import { CallNote, NOTE_FIELDS } from '../../call/call-note.js';
import { CallRecord, VENDOR_FIELDS } from '../../call/call-record.js';
import { CallRecording, RECORDING_FIELDS } from '../../call/call-recording.js';
import type { VendorField } from '../../call/field-decorators.js';
import { challengeHeader, type HeaderDocs, RETRY_AFTER } from '../../openapi/common-answers.js';
import type { MessageKind } from '../reading/message-kind.js';
import { CHALLENGES } from './push.guard.js';

const DELIVERY_ID = {
  description: 'The ID of the delivery.',
  schema: { type: 'string', format: 'uuid', example: '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' },
} as const;

type Refusal = readonly [status: number, description: string, msg: string, headers?: HeaderDocs];

const REFUSALS: readonly Refusal[] = [
  [
    400,
    'The body contains no records. It is kept in the quarantine.',
    'The body is not JSON: unexpected character at byte 17',
    // Without this header, the request itself was broken, and nothing is kept.
    { 'X-Delivery-Id': DELIVERY_ID },
  ],
  [
    401,
    'The push token is missing or not known. Nothing is kept.',
    'This push token is not known',
    challengeHeader(CHALLENGES),
  ],
  [403, 'The address is not in PUSH_ALLOW_FROM. Nothing is kept.', 'This address may not push'],
  [
    413,
    'The body is larger than PUSH_BODY_LIMIT, before or after decompression. Nothing is kept.',
    'The body is larger than 33554432 bytes',
  ],
  [
    415,
    'The body has an encoding other than gzip, deflate or br, or more than three of them. It is kept in the quarantine.',
    'The body is encoded as zstd, which is not supported; use gzip, deflate or br',
    { 'X-Delivery-Id': DELIVERY_ID },
  ],
  [
    429,
    'Too many wrong tokens came from this address within a minute. Requests with a known token are still accepted.',
    'Too many wrong push tokens came from this address',
    RETRY_AFTER,
  ],
  [
    503,
    'The push could not be stored, or its source pushes too much at once. Push again after `Retry-After` seconds.',
    'The database is not available',
    { ...RETRY_AFTER, 'X-Delivery-Id': DELIVERY_ID },
  ],
];

/** How the documentation names a message and its operations. */
interface Documented {
  readonly messageClass: new () => object;
  readonly fields: readonly VendorField[];
  /** The end of the operations' IDs. */
  readonly id: string;
  readonly records: string;
  readonly kept: string;
}

const DOCUMENTED: Readonly<Record<MessageKind, Documented>> = {
  report: {
    messageClass: CallRecord,
    // The example is a call with one leg.
    fields: VENDOR_FIELDS.filter(({ name }) => !/^b[A-Z]/.test(name)),
    id: '',
    records: 'call records',
    kept: 'as a call',
  },
  note: {
    messageClass: CallNote,
    fields: NOTE_FIELDS,
    id: 'Notes',
    records: 'notes of conversations',
    kept: 'as the note of its call',
  },
  recording: {
    messageClass: CallRecording,
    fields: RECORDING_FIELDS,
    id: 'Recordings',
    records: 'announcements of recordings',
    kept: 'as the recording of its call',
  },
};

/**
 * @param message the message of the URL
 * @param tokenInPath true for the route with the token in its path; false for the token in the Authorization header
 */
export function PushDocs(
  message: MessageKind,
  { tokenInPath }: { readonly tokenInPath: boolean },
): MethodDecorator {
  const documented = DOCUMENTED[message];
  const { id, records, kept } = documented;
  const security = tokenInPath
    ? [
        ApiParam({
          name: 'token',
          type: String,
          description: 'One of the push tokens in PUSH_TOKENS.',
          example: 'a-token-of-16-or-more',
        }),
      ]
    : [ApiBearerAuth('pushToken'), ApiBasicAuth('pushPassword')];
  return applyDecorators(
    ApiExtraModels(documented.messageClass, PushAnswer),
    ApiOperation({
      operationId: tokenInPath ? `push${id}WithTokenInPath` : `push${id}`,
      summary: tokenInPath ? `Push ${records}, token in the path` : `Push ${records}, token in the header`,
      description:
        `Send an array of ${records}, or one bare object. Any content type is accepted, and the body may be compressed. ` +
        `200 means that every record is kept: ${kept}, or in the quarantine if it cannot be read as one. ` +
        'Each record is taken for the message whose fields it has, whatever the URL.',
      ...(tokenInPath ? { security: [] } : {}),
    }),
    ...security,
    ApiHeader({
      name: 'Content-Encoding',
      required: false,
      description:
        '`gzip`, `deflate` or `br`, or up to three of them in the order in which they were applied.',
      example: 'gzip',
    }),
    Records(documented),
    ApiResponse({
      status: 200,
      description: 'The push is kept. The same body, sent again within an hour, gets the same answer.',
      type: PushAnswer,
      headers: { 'X-Delivery-Id': { ...DELIVERY_ID, required: true } },
    }),
    ...refusals(),
  );
}

function Records({ messageClass, fields }: Documented): MethodDecorator {
  const { taskId, batchId, detailId, ...others } = Object.fromEntries(
    fields.map(({ name, example, jsonType }) => [
      name,
      jsonType === 'object' ? (JSON.parse(String(example)) as unknown) : example,
    ]),
  );
  return ApiBody({
    required: true,
    description: 'The records.',
    schema: {
      oneOf: [
        { type: 'array', items: { $ref: getSchemaPath(messageClass) } },
        { $ref: getSchemaPath(messageClass) },
      ],
      example: [{ taskId, batchId, detailId, ...others }],
    },
  });
}

function refusals(): MethodDecorator[] {
  return REFUSALS.map(([status, description, msg, headers]) =>
    ApiResponse({
      status,
      description,
      ...(headers && { headers }),
      content: {
        'application/json': { schema: { $ref: getSchemaPath(PushAnswer) }, example: { code: status, msg } },
      },
    }),
  );
}

/** The answer to a push. The vendor looks at the HTTP status; `code` must be a number. */
export class PushAnswer {
  @ApiProperty({
    type: 'integer',
    maximum: 599,
    description: '0 if the push is kept, otherwise the HTTP status.',
    example: 0,
  })
  code!: number;

  @ApiProperty({ type: String, description: 'The outcome of the push in words.', example: 'Success' })
  msg!: string;
}
