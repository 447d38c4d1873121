// The modules' operations in, the same with what every answer of the service has out.
import type { ApiResponseNoStatusOptions, OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Where an operation names the scopes of which a key needs one. */
export const SCOPES_EXTENSION = 'x-scopes';

export const HTTP_METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
export const REQUEST_ID_HEADER = {
  'X-Request-Id': {
    description: "The request's id: the client's own if it sent a harmless one. It stands in the log.",
    required: true,
    schema: { type: 'string', example: '0b0a5c1e-6c5f-4c3a-9d0e-7c1b7d1c9f52' },
  },
} as const satisfies HeaderDocs;
export const NOT_STORED = {
  'Cache-Control': {
    description: 'Nobody on the way may keep the answer.',
    required: true,
    schema: { type: 'string', enum: ['no-store'], example: 'no-store' },
  },
} as const satisfies HeaderDocs;
export const RATE_LIMIT = {
  RateLimit: {
    description:
      'What is left of the rate (draft-ietf-httpapi-ratelimit-headers): `r` requests within the next `t` seconds. Absent without a good key, or without a limit.',
    schema: { type: 'string', example: '"requests"; r=99; t=1' },
  },
  'RateLimit-Policy': {
    description: 'The rate of an API key: `q` requests in `w` seconds; `pk` stands for the key.',
    schema: { type: 'string', example: '"requests"; q=100; w=1; pk=:OTQwYjQ5ZTAwYjcx:' },
  },
} as const satisfies HeaderDocs;
const ETAG = {
  ETag: {
    description: 'Changes when the answer does. To be sent as `If-None-Match`.',
    schema: { type: 'string', example: 'W/"2jmj7l5rSw0yVb/vlWAYkK/YBwk"' },
  },
} as const satisfies HeaderDocs;
const IF_NONE_MATCH = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` of an answer that the client has: answered 304 if it is still the same.',
  example: ETAG.ETag.schema.example,
  schema: { type: 'string' },
} as const;

/**
 * Adds the headers that `src/http` gives to every answer, 304 where there is an ETag, and the scopes to what people read.
 * Changes the document in place.
 */
export function addCommonAnswers(document: OpenAPIObject): void {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of HTTP_METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      addScopes(operation);
      if (path.startsWith('/v1') && method === 'get') addETag(operation);
      addHeaders(
        operation,
        path.startsWith('/v1') ? { ...REQUEST_ID_HEADER, ...NOT_STORED, ...RATE_LIMIT } : REQUEST_ID_HEADER,
      );
    }
  }
}

function addScopes(operation: Operation): void {
  const scopes: unknown = Object.entries(operation).find(([name]) => name === SCOPES_EXTENSION)?.[1];
  if (!Array.isArray(scopes)) return;
  const names = scopes.map((scope) => `\`${String(scope)}\``).join(' or ');
  operation.description = `${operation.description ?? ''}\n\nNeeds the scope ${names}.`;
}

function addETag(operation: Operation): void {
  const ok = operation.responses['200'];
  const schema = ok !== undefined && 'content' in ok ? ok.content?.['application/json']?.schema : undefined;
  // The one JSON that is no schema of ours is the body of a push, as it came.
  if (ok === undefined || schema === undefined || !('$ref' in schema) || '$ref' in ok) return;
  ok.headers = { ...ok.headers, ...ETAG };
  operation.responses['304'] = { description: 'The answer is still the same.', headers: { ...ok.headers } };
  operation.parameters = [...(operation.parameters ?? []), { ...IF_NONE_MATCH }];
}

function addHeaders(operation: Operation, headers: HeaderDocs): void {
  for (const response of Object.values(operation.responses)) {
    if (response !== undefined && 'description' in response)
      Object.assign(response, { headers: { ...('headers' in response && response.headers), ...headers } });
  }
}

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
