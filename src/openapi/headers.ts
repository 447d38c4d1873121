// How the headers of answers stand in the API's description.
import type { ApiResponseNoStatusOptions } from '@nestjs/swagger';

export type HeaderDocs = NonNullable<ApiResponseNoStatusOptions['headers']>;

export const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds after which to try again.',
    required: true,
    schema: { type: 'integer', minimum: 0, example: 5 },
  },
} as const satisfies HeaderDocs;

/** @param example of its value */
export function challengeHeader(example: string): HeaderDocs {
  return {
    'WWW-Authenticate': {
      description: 'How to come in (RFC 9110).',
      required: true,
      schema: { type: 'string', example },
    },
  };
}
