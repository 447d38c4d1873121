import type { OpenAPIObject } from '@nestjs/swagger';

const text = (description: string, example: string) => ({
  required: true,
  description,
  schema: { type: 'string', examples: [example] },
});

/** What the service sends by itself, and to which servers of others answer (`webhooks` of OpenAPI 3.1). */
const WEBHOOKS = {
  callsChanged: {
    post: {
      operationId: 'callsChanged',
      summary: 'Changes of calls',
      description:
        'A request to the URL of a webhook, in the order of the feed of changes and at least once. Verify the signature, store the changes by `callId`, and answer within 10 s. The next request comes after the answer.',
      tags: ['Webhooks'],
      security: [],
      parameters: [
        {
          name: 'webhook-id',
          in: 'header',
          ...text(
            'Names the request. It is the same when the same changes are sent again.',
            '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
          ),
        },
        {
          name: 'webhook-timestamp',
          in: 'header',
          ...text('Seconds since 1970, of this try.', '1748743531'),
        },
        {
          name: 'webhook-signature',
          in: 'header',
          ...text(
            '`v1,` and the HMAC-SHA-256 of `{webhook-id}.{webhook-timestamp}.{body}` in base64 (Standard Webhooks). After a rotation of the secret there are two, separated by a space.',
            'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
          ),
        },
      ],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/WebhookMessage' } } },
      },
      responses: {
        '2XX': { description: 'The changes are taken. The next request may come.' },
        '410': { description: 'The receiver does not want requests any more. The webhook is paused.' },
        '4XX': {
          description:
            'Like every other answer: the request is sent again, after 5 s to 1 h, or after `Retry-After`.',
        },
      },
    },
  },
};

/** Changes the document in place. */
export function addWebhooks(document: OpenAPIObject): void {
  Object.assign(document, { webhooks: WEBHOOKS });
}
