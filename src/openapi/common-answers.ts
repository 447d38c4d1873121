// Adds to the modules' operations what every answer of the service has.
import type { ApiResponseNoStatusOptions, OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** The extension by which an operation names its scopes. A key needs one of them. */
export const SCOPES_EXTENSION = 'x-scopes';

export const HTTP_METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
export const REQUEST_ID_HEADER = {
  'X-Request-Id': {
    description:
      "The request's id, which is also in the log. If the client sends an acceptable id, it is used.",
    required: true,
    schema: { type: 'string', example: '0b0a5c1e-6c5f-4c3a-9d0e-7c1b7d1c9f52' },
  },
} as const satisfies HeaderDocs;
export const NOT_STORED = {
  'Cache-Control': {
    description: 'No cache may store the answer.',
    required: true,
    schema: { type: 'string', enum: ['no-store'], example: 'no-store' },
  },
} as const satisfies HeaderDocs;
export const RATE_LIMIT = {
  RateLimit: {
    description:
      'What is left of the rate (draft-ietf-httpapi-ratelimit-headers): `r` requests within the next `t` seconds. Absent if the request has no valid key, or the key has no limit.',
    schema: { type: 'string', example: '"requests"; r=99; t=1' },
  },
  'RateLimit-Policy': {
    description: 'The limit of an API key: `q` requests in `w` seconds. `pk` identifies the key.',
    schema: { type: 'string', example: '"requests"; q=100; w=1; pk=:OTQwYjQ5ZTAwYjcx:' },
  },
} as const satisfies HeaderDocs;
const ETAG = {
  ETag: {
    description: 'Changes when the answer changes. Send it as `If-None-Match`.',
    schema: { type: 'string', example: 'W/"2jmj7l5rSw0yVb/vlWAYkK/YBwk"' },
  },
} as const satisfies HeaderDocs;
const IF_NONE_MATCH = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description:
    'The `ETag` of an answer that the client has. If the answer has not changed, the status is 304.',
  example: ETAG.ETag.schema.example,
  schema: { type: 'string' },
} as const;

/**
 * Adds the headers that `src/http` gives to every answer, status 304 where there is an ETag, and the scopes to the
 * descriptions. Changes the document in place.
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
  // JSON without a named schema is the body of a push, as it arrived. It has no ETag.
  if (ok === undefined || schema === undefined || !('$ref' in schema) || '$ref' in ok) return;
  ok.headers = { ...ok.headers, ...ETAG };
  operation.responses['304'] = { description: 'The answer has not changed.', headers: { ...ok.headers } };
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
    description: 'Seconds after which the client may try again.',
    required: true,
    schema: { type: 'integer', minimum: 0, example: 5 },
  },
} as const satisfies HeaderDocs;

/** @param example an example of the header's value */
export function challengeHeader(example: string): HeaderDocs {
  return {
    'WWW-Authenticate': {
      description: 'How to authenticate (RFC 9110).',
      required: true,
      schema: { type: 'string', example },
    },
  };
}
