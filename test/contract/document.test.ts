// The API's description is the contract: what it describes is really answered, and it is sound in itself.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { NIL } from 'uuid';
import { CONNECTION_LIMITS } from '../../src/http/connections/limited-http-adapter.js';
import { Contract } from '../support/contract/contract.js';
import { describedApi } from '../support/contract/described.js';
import { SchemaChecks } from '../support/contract/schemas.js';
import type { Operation, Schema } from '../support/contract/document.js';
import { type Answer, contractOf, exchange } from '../support/exchange.js';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { isObject, NO_DATABASE, spawnLedger, type LedgerProcess } from './helpers.js';
import { answersIn } from '../support/raw-answers.js';
import { RawClient } from '../security/raw-clients.js';
import { until } from '../support/service.js';
import {
  CONFLICTS,
  GONE,
  type Known,
  prepare,
  REQUESTS,
  type Sample,
  UNPROVOKED,
  WITH_VENDOR,
} from './requests.js';

const STRANGER = '192.0.2.1';
/** Whose wrong secrets are too many, sooner or later. */
const STUBBORN = '198.51.100.1';
const BODY_LIMIT = 100 * 1024;

const { document, operations } = new Contract(await describedApi());
const answers = operations.flatMap((operation) =>
  Object.keys(operation.responses).map((status) => ({ ...operation, operation, status: Number(status) })),
);

let ledger: TestLedger;
/** That waits for nothing. */
let hasty: TestLedger;
let withoutDatabase: LedgerProcess | undefined;
let known: Known;

beforeAll(async () => {
  ledger = await startLedger({
    ...WITH_VENDOR,
    PUSH_BODY_LIMIT: `${BODY_LIMIT}b`,
    PUSH_ALLOW_FROM: `127.0.0.1,${STUBBORN}`,
    TRUST_PROXY: 'on',
    QUERY_RATE_LIMIT: '1000000',
  });
  const times = { headersTimeout: 200, requestTimeout: 200, checkEvery: 50, linger: 50 };
  hasty = await startLedger({}, undefined, { ...CONNECTION_LIMITS, ...times });
  withoutDatabase = await spawnLedger({ ...WITH_VENDOR, DATABASE_URL: NO_DATABASE });
  known = await prepare(ledger);
});
afterAll(async () => {
  await withoutDatabase?.stop();
  for (const each of [ledger, hasty]) await each.stop();
});

const isPush = ({ path }: Operation) => path.startsWith('/push');

function sampleOf({ operationId }: Operation): Sample {
  const request = REQUESTS[operationId];
  if (request === undefined) throw new Error(`add ${operationId} to REQUESTS in test/contract/requests.ts`);
  return request(known);
}

interface Changes {
  readonly url?: string;
  readonly body?: string | undefined;
  readonly headers?: Record<string, string>;
}

/** Sends a request to an operation with all that it needs, but for the changes. */
function send(operation: Operation, target: string, { url, body, headers }: Changes = {}): Promise<Answer> {
  const secret = isPush(operation) ? PUSH_TOKEN : API_KEY;
  return exchange(url ?? ledger.url, target, {
    method: operation.method,
    headers: { authorization: `Bearer ${secret}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

/** Path and query with something else in the place of each parameter of the path. */
const filled = ({ path }: Operation, value: string) => path.replaceAll(/\{\w+\}/g, value);

function goesWell(operation: Operation): Promise<Answer> {
  const { target, body } = sampleOf(operation);
  return send(operation, target, { body });
}

/** How each answer is brought about, by its status. */
const PROVOCATIONS: Readonly<Record<number, (operation: Operation) => Promise<Answer>>> = {
  200: goesWell,
  201: goesWell,
  202: goesWell,
  204: goesWell,
  206: (operation) => send(operation, sampleOf(operation).target, { headers: { range: 'bytes=0-1' } }),
  304: async (operation) => {
    const { target } = sampleOf(operation);
    let answer = await send(operation, target);
    // An erasure that goes on, or the use of a key that is noted, changes it in between.
    await until('the same answer twice', async () => {
      const etag = answer.headers.get('etag') ?? '';
      answer = await send(operation, target, etag === '' ? {} : { headers: { 'if-none-match': etag } });
      return answer.status === 304;
    });
    return answer;
  },
  400: (operation) => {
    const { target, body } = sampleOf(operation);
    if (isPush(operation)) return send(operation, target, { body: 'no JSON' });
    return send(operation, `${target.split('?')[0] ?? ''}?nonsense=1`, { body });
  },
  401: (operation) => send(operation, filled(operation, 'wrong'), { headers: { authorization: 'wrong' } }),
  403: (operation) =>
    send(operation, sampleOf(operation).target, {
      headers: isPush(operation)
        ? { 'x-forwarded-for': STRANGER }
        : { authorization: `Bearer ${known.powerlessKey}` },
    }),
  404: (operation) => send(operation, filled(operation, NIL), { body: sampleOf(operation).body }),
  409: (operation) => {
    const request = CONFLICTS[operation.operationId];
    if (request === undefined) throw new Error(`add ${operation.operationId} to CONFLICTS`);
    const { target, body } = request(known);
    return send(operation, target, { body });
  },
  410: (operation) => {
    const request = GONE[operation.operationId];
    if (request === undefined) throw new Error(`add ${operation.operationId} to GONE`);
    return send(operation, request(known).target);
  },
  408: async (operation) => {
    const { target } = sampleOf(operation);
    const { method } = operation;
    const client = await RawClient.open(hasty.url);
    client.write(`${method} ${target} HTTP/1.1\r\nHost: ledger\r\n`);
    await until('the answer', () => client.isEnded);
    const [answer] = answersIn(client.received);
    if (answer === undefined) throw new Error('there is no answer');
    (await contractOf(hasty.url)).check({ method, target, requestBody: undefined, ...answer });
    return { ...answer, body: undefined };
  },
  413: (operation) => send(operation, sampleOf(operation).target, { body: ' '.repeat(2 * BODY_LIMIT) }),
  415: (operation) =>
    send(operation, sampleOf(operation).target, { body: '{}', headers: { 'content-encoding': 'lzma' } }),
  416: (operation) => send(operation, sampleOf(operation).target, { headers: { range: 'bytes=999-' } }),
  429: async (operation) => {
    const headers = { authorization: 'Bearer wrong', 'x-forwarded-for': STUBBORN };
    const fail = () => send(operation, filled(operation, 'wrong'), { headers });
    let answer = await fail();
    for (let tries = 0; answer.status === 401 && tries < 1000; tries += 1) answer = await fail();
    return answer;
  },
  431: (operation) =>
    send(operation, sampleOf(operation).target, { headers: { 'x-long': 'x'.repeat(20_000) } }),
  503: (operation) => {
    if (withoutDatabase === undefined) throw new Error('it did not start');
    const { target, body } = sampleOf(operation);
    return send(operation, target, { url: withoutDatabase.url, body });
  },
};

describe('Every answer that is described is given', () => {
  it.each(answers.filter(({ operationId, status }) => !(`${operationId} ${status}` in UNPROVOKED)))(
    '$method $path ($operationId) answers $status',
    async ({ operation, status }) => {
      const provoke = PROVOCATIONS[status];
      if (provoke === undefined) throw new Error(`nothing in PROVOCATIONS brings about a ${status}`);
      expect((await provoke(operation)).status).toBe(status);
    },
  );

  it('or is one of the few that are said not to be provoked here', () => {
    const described = answers.map(({ operationId, status }) => `${operationId} ${status}`);
    expect(described).toEqual(expect.arrayContaining(Object.keys(UNPROVOKED)));
  });

  it.each(operations.filter(({ method }) => method === 'GET'))(
    'HEAD $path ($operationId) answers as GET does, without the body',
    async (operation) => {
      const { target } = sampleOf(operation);
      expect((await send({ ...operation, method: 'HEAD' }, target)).status).toBe(200);
    },
  );
});

describe('What is not described', () => {
  const headers = { authorization: `Bearer ${API_KEY}` };

  it.each([
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v1/nothing'],
    ['PUT', '/v1/nothing'],
    ['OPTIONS', '/nothing'],
    ['POST', '/push/a/b/call-reports'],
  ])('%s %s is answered 404 in the form of other errors', async (method, path) => {
    expect((await ledger.request(path, { method, headers })).status).toBe(404);
  });

  const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
  const paths = [...new Set([...operations.map(({ path }) => path), '/docs', '/openapi.json', '/console'])];

  /** The methods that a path has by the description; of two paths that a request fits, those of both. */
  function methodsAt(path: string): string[] {
    const target = path.split('/');
    const described = operations
      .filter(({ path: other }) => {
        const parts = other.split('/');
        return (
          parts.length === target.length &&
          parts.every((part, n) => part.startsWith('{') || part === target[n])
        );
      })
      .map(({ method }) => method);
    const methods = described.length === 0 ? ['GET'] : described;
    return [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].sort();
  }

  it.each(paths)('%s is answered 405 by methods that it has not, with those that it has', async (path) => {
    const allowed = methodsAt(path);
    const target = path.replaceAll(/\{\w+\}/g, 'x');
    for (const method of METHODS.filter((one) => !allowed.includes(one))) {
      const answer = await ledger.request(target, { method, headers });
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, allowed.join(', ')]);
      const said = expect.stringContaining(`no ${method} at this path`);
      const body = path.startsWith('/push') ? { code: 405, msg: said } : { status: 405, detail: said };
      if (method !== 'HEAD') expect(answer.body).toMatchObject(body);
    }
    const options = await ledger.request(target, { method: 'OPTIONS', headers });
    expect([options.status, options.headers.get('allow')]).toEqual([204, allowed.join(', ')]);
  });

  it('is not told to whoever has no key', async () => {
    for (const method of ['PUT', 'OPTIONS'])
      expect((await ledger.request('/v1/calls', { method })).status).toBe(401);
  });

  it.each([
    ['/v1/calls/%E0%A4%A', ['callId']],
    ['/v1/calls/%ff/history', ['callId']],
    ['/v1/tasks/a/batches/%zz', ['batchId']],
    ['/v1/tasks/%ff/batches/%ff', ['taskId', 'batchId']],
    ['/v1/deliveries/%', ['id']],
    ['/v1/calls?taskId=%ff', ['taskId']],
    ['/v1/calls?taskId=a,%ff&taskId=b', ['taskId']],
    [
      '/v1/calls?cursor=%ff&limit=%ff&order=%&from=%ff&timeZone=%ff&answered=%',
      ['answered', 'cursor', 'from', 'limit', 'order', 'timeZone'],
    ],
    ['/v1/calls?taskId=%ff&limit=0&colour=red&outId=%E4%A4', ['taskId', 'outId', 'colour', 'limit']],
    ['/v1/status?x=%ff', ['x']],
    ['/health/live?x=%ff', ['x']],
  ])('%s is answered 400, with the names of what can not be decoded', async (path, names) => {
    const answer = await ledger.get(path);
    expect(answer.status).toBe(400);
    const { errors } = answer.body as { errors: { path: string; message: string }[] };
    expect(errors.map((error) => error.path).sort()).toEqual([...names].sort());
    const ofEncoding = errors.filter(({ message }) => message === 'is not UTF-8 in percent-encoding');
    expect(ofEncoding.length).toBeGreaterThan(0);
  });

  it('a push token that can not be decoded is answered 400 in the form of pushes', async () => {
    const answer = await ledger.request('/push/%ff/call-reports', { method: 'POST', body: '[]' });
    expect([answer.status, answer.body]).toEqual([400, { code: 400, msg: expect.any(String) }]);
  });

  it('a body of GET is not looked at', async () => {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-length': 7 };
    // fetch() gives GET none.
    const request = httpRequest(`${ledger.url}/v1/calls`, { headers }).end('no JSON');
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
  });
});

describe('The description', () => {
  const closed = new SchemaChecks(document, { closed: true });

  it('gives examples that are what their schemas ask for', () => {
    const wrong: string[] = [];
    let examples = 0;
    walk(document, '#', (node, place) => {
      const { example, examples: several } = node;
      const given = [
        ...('example' in node ? [example] : []),
        ...(Array.isArray(several) ? (several as unknown[]) : []),
      ];
      examples += given.length;
      const schema = isObject(node['schema']) ? node['schema'] : node;
      for (const one of given) {
        const problem = closed.of(schema)(one);
        if (problem !== undefined) wrong.push(`${place}: ${problem}`);
      }
    });
    expect(wrong).toEqual([]);
    expect(examples).toBeGreaterThan(200);
  });

  it('gives each parameter an example, in its schema: what stands beside it is filled into the forms of /docs', () => {
    const parameters = operations.flatMap(({ operationId, parameters: own = [] }) =>
      own.map((parameter) => ({ place: `${operationId} ${parameter.name}`, ...parameter })),
    );
    expect(parameters.length).toBeGreaterThan(100);
    expect(
      parameters.filter(({ schema }) => !Array.isArray(schema['examples'])).map(({ place }) => place),
    ).toEqual([]);
    const filledIn = parameters.filter(
      (parameter) => 'example' in parameter || 'example' in parameter.schema,
    );
    expect(filledIn.map(({ place }) => place)).toEqual([]);
  });

  it('has schemas that a strict validator takes, each with a type and a name of the field', () => {
    const strict = new SchemaChecks(document, { closed: false });
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(() => strict.of(schema)).not.toThrow();
      expect(name).not.toMatch(/Dto$/);
    }
    const untyped: string[] = [];
    walk(document, '#', (node, place) => {
      const schemas = isObject(node['properties']) ? Object.entries(node['properties']) : [];
      if (isObject(node['schema'])) schemas.push(['schema', node['schema']]);
      for (const [name, schema] of schemas)
        if (!isObject(schema) || !isTyped(schema)) untyped.push(`${place}/${name}`);
    });
    expect(untyped).toEqual([]);
  });
});

function isTyped(schema: Schema): boolean {
  return ['type', '$ref', 'allOf', 'anyOf', 'oneOf'].some((keyword) => keyword in schema);
}

/** Visits every object of the description but those in examples. */
function walk(node: unknown, place: string, visit: (node: Schema, place: string) => void): void {
  if (Array.isArray(node)) {
    for (const [index, child] of node.entries()) walk(child, `${place}/${index}`, visit);
  } else if (isObject(node)) {
    visit(node, place);
    for (const [name, child] of Object.entries(node))
      if (!name.startsWith('example')) walk(child, `${place}/${name}`, visit);
  }
}
