// What holds answers against the description is itself held against answers that are not as described.
import { describe, expect, it } from 'vitest';
import { Contract, type Exchange, FOR_BROWSERS } from './contract.js';

const call = {
  type: 'object',
  properties: {
    callId: { type: 'string', example: 'one' },
    duration: { type: ['integer', 'null'] },
    startTime: { type: 'string', format: 'date-time' },
    extra: { type: 'object', additionalProperties: true },
  },
  required: ['callId'],
};
const problem = { type: 'object', properties: { detail: { type: 'string' } }, required: ['detail'] };
const refusal = { type: 'object', properties: { code: { type: 'integer' } }, required: ['code'] };
const json = (name: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } });

const contract = new Contract(
  JSON.stringify({
    components: {
      schemas: {
        Call: call,
        Late: {
          allOf: [{ $ref: '#/components/schemas/Call' }, { properties: { late: { type: 'boolean' } } }],
        },
        Page: { type: 'object', properties: { data: { items: { $ref: '#/components/schemas/Late' } } } },
        Problem: problem,
        PushAnswer: refusal,
      },
    },
    paths: {
      '/v1/calls/{callId}': {
        get: {
          operationId: 'getCall',
          parameters: [
            { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 9 } },
            {
              name: 'fields',
              in: 'query',
              explode: false,
              schema: { type: 'array', items: { enum: ['a', 'b'] } },
            },
          ],
          responses: {
            200: {
              description: 'The call.',
              headers: { 'X-Total': { required: true, schema: { type: 'integer' } } },
              content: json('Call'),
            },
          },
        },
        delete: { operationId: 'deleteCall', responses: { 204: { description: 'Gone.' } } },
      },
      '/v1/calls': {
        get: {
          operationId: 'listCalls',
          responses: { 200: { description: 'A page.', content: json('Page') } },
        },
        post: {
          operationId: 'addCall',
          requestBody: { content: json('Call') },
          responses: { 200: { description: 'It.', content: json('Call') } },
        },
      },
      '/v1/exports': {
        get: {
          operationId: 'exportCalls',
          responses: {
            200: {
              description: 'Calls.',
              content: {
                'application/x-ndjson': { schema: { $ref: '#/components/schemas/Call' } },
                'text/csv': { schema: { type: 'string' } },
                'application/octet-stream': {},
              },
            },
          },
        },
      },
    },
  }),
);

/** Exchanges that are as described, to be changed. */
const good = {
  call: answer('GET', '/v1/calls/one?limit=5&fields=a,b', { callId: 'one' }, { 'x-total': '1' }),
  page: answer('GET', '/v1/calls', { data: [{ callId: 'one', late: true }] }),
  deletion: { ...answer('DELETE', '/v1/calls/one', {}), status: 204, text: '' },
  addition: {
    ...answer('POST', '/v1/calls', { callId: 'one' }),
    requestBody: '{"callId":"one","extra":{"a":null}}',
  },
  nothing: stray('/v1/nothing', 'application/problem+json', { detail: 'none' }),
  noPush: stray('/push/nothing', 'application/json', { code: 404 }),
  otherMethod: headed(
    {
      ...stray('/v1/calls/one', 'application/problem+json', { detail: 'no PUT' }),
      method: 'PUT',
      status: 405,
    },
    { allow: 'DELETE, GET', 'content-type': 'application/problem+json' },
  ),
  methods: headed(
    { ...answer('OPTIONS', '/v1/calls/one', {}), status: 204, text: '' },
    { allow: 'DELETE, GET' },
  ),
  lines: exported('application/x-ndjson', '{"callId":"one"}\n{"callId":"two"}\n'),
  table: exported('text/csv', 'callId\r\none\r\n'),
  bytes: exported('application/octet-stream', '\u0001'),
};

function answer(
  method: string,
  target: string,
  body: object,
  headers: Record<string, string> = {},
): Exchange {
  const text = JSON.stringify(body);
  const all = new Headers({
    ...FOR_BROWSERS,
    'content-type': 'application/json; charset=utf-8',
    date: 'now',
    ...headers,
  });
  return { method, target, requestBody: undefined, status: 200, headers: all, text };
}

function headed(exchange: Exchange, headers: Record<string, string>): Exchange {
  return {
    ...exchange,
    headers: new Headers({
      ...FOR_BROWSERS,
      'content-type': 'application/json',
      'x-total': '1',
      ...headers,
    }),
  };
}

function stray(target: string, type: string, body: object): Exchange {
  return { ...answer('GET', target, body, { 'content-type': type }), status: 404 };
}

function exported(type: string, text: string): Exchange {
  return { ...answer('GET', '/v1/exports', {}, { 'content-type': type }), text };
}

const body = (exchange: Exchange, value: unknown): Exchange => ({ ...exchange, text: JSON.stringify(value) });

describe('An answer', () => {
  it.each(Object.entries(good))('is taken when it is as described: %s', (_name, exchange) => {
    expect(() => {
      contract.check(exchange);
    }).not.toThrow();
  });

  it.each<[what: string, exchange: Exchange, reason: RegExp]>([
    [
      'a status',
      { ...good.call, status: 404 },
      /GET .*\(getCall\) answered 404.*the status is not described/,
    ],
    ['a property', body(good.call, { callId: 'one', stray: 1 }), /unevaluated.*stray/],
    ['a property of a part', body(good.page, { data: [{ callId: 'one', stray: 1 }] }), /data\/0 .*stray/],
    ['null', body(good.call, { callId: null }), /callId must be string/],
    ['a time', body(good.call, { callId: '1', startTime: 'noon' }), /startTime must match format/],
    ['a missing property', body(good.call, {}), /must have required property 'callId'/],
    ['text that is no JSON', { ...good.call, text: 'one' }, /the whole must be object/],
    [
      'another media type',
      headed(good.call, { 'content-type': 'text/html' }),
      /the content type is text\/html/,
    ],
    ['a header', headed(good.call, { 'x-stray': '1' }), /the header x-stray is not described/],
    ['the value of a header', headed(good.call, { 'x-total': 'many' }), /the header X-Total: .*integer/],
    ['a missing header', { ...good.call, headers: good.page.headers }, /the header X-Total is missing/],
    [
      'a weaker policy for browsers',
      headed(good.call, { 'content-security-policy': "default-src 'self'" }),
      /the header content-security-policy is default-src 'self'/,
    ],
    ['a body', { ...good.deletion, text: '{}' }, /there is a body/],
    ['the body of an answer to HEAD', { ...good.call, method: 'HEAD' }, /the answer to HEAD has a body/],
    ['a parameter', { ...good.call, target: '/v1/calls/one?stray=1' }, /parameter stray is not described/],
    ['a value', { ...good.call, target: '/v1/calls/one?limit=10' }, /parameter limit: .*<= 9/],
    ['a value of a list', { ...good.call, target: '/v1/calls/one?fields=a,c' }, /parameter fields: \/1/],
    [
      'a field of the request',
      { ...good.addition, requestBody: '{"callId":"1","b":1}' },
      /of the request: .*b/,
    ],
    ['a request body', { ...good.call, requestBody: '{}' }, /has a body, and none is described/],
    [
      'null in the request',
      { ...good.addition, requestBody: '{"callId":"one","extra":null}' },
      /of the request: .*extra must be object/,
    ],
    ['a line', { ...good.lines, text: '{"callId":"one"}\n{"call":1}\n' }, /callId/],
    [
      'a method without those that there are',
      { ...good.otherMethod, headers: good.nothing.headers },
      /the header Allow is missing/,
    ],
    [
      'methods that are not told',
      { ...good.methods, headers: good.page.headers },
      /the header Allow is missing/,
    ],
    ['a path that is there', { ...good.nothing, status: 200 }, /\(not described\) answered 200/],
    ['an error of another form', body(good.nothing, { code: 404 }), /detail/],
    ['a refusal of another form', body(good.noPush, { detail: 'none' }), /code/],
  ])('is not taken for %s that is not described', (_what, exchange, reason) => {
    expect(() => {
      contract.check(exchange);
    }).toThrow(reason);
  });
});
