// Health says what the service can do now; the docs say what it can do at all.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase } from '../support/database.js';
import { PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import {
  dataOf,
  isObject,
  linkTo,
  object,
  objects,
  pushed,
  spawnLedger,
  string,
  SUCCESS,
  type Json,
} from './helpers.js';
import { until } from '../support/service.js';

let ledger: TestLedger;
let document: Json;

beforeAll(async () => {
  ledger = await startLedger();
  document = object((await ledger.request('/openapi.json')).body);
});
afterAll(() => ledger.stop());

describe('health', () => {
  it.each(['live', 'ready', 'startup'])('is %s, for everybody to ask', async (question) => {
    const answer = await ledger.request(`/health/${question}`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'ok' });
  });

  it('says no while there is no database, listening anyway, and yes as soon as there is one', async () => {
    const database = await createDatabase('empty');
    const link = await linkTo(database.url);
    await link.close();
    const service = await spawnLedger({ DATABASE_URL: link.url });
    const statusOf = async (path: string) => (await fetch(`${service.url}${path}`)).status;
    const push = (callId: string) =>
      fetch(`${service.url}/push/${PUSH_TOKEN}/call-reports`, {
        method: 'POST',
        body: JSON.stringify([record(callId)]),
      });
    const healthy = () =>
      Promise.all(['live', 'ready', 'startup'].map((question) => statusOf(`/health/${question}`)));
    try {
      expect(await healthy()).toEqual([200, 503, 503]);
      expect((await push('too early')).status).toBe(503);
      await link.open();
      await until('startup', async () => (await statusOf('/health/startup')) === 200);
      await until('ready', async () => (await statusOf('/health/ready')) === 200);
      expect(await (await push('in time')).text()).toBe(SUCCESS);
      const migrated = await database.query('SELECT call_id FROM calls');
      expect(migrated).toEqual([{ call_id: 'in time' }]);
      await link.close();
      await until('not ready', async () => (await statusOf('/health/ready')) === 503);
      expect(await statusOf('/health/live')).toBe(200);
      expect((await push('gone')).status).toBe(503);
      await link.open();
      await until('ready again', async () => (await statusOf('/health/ready')) === 200);
      expect(await (await push('back')).text()).toBe(SUCCESS);
      expect(await service.stop()).toBe(0);
    } finally {
      await service.stop();
      await link.close();
      await database.drop();
    }
  });
});

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

/** What a `$ref` stands for. */
function resolved(value: unknown): Json {
  const here = object(value);
  const ref = here['$ref'];
  if (ref === undefined) return here;
  const [root, ...path] = string(ref).split('/');
  expect(root).toBe('#');
  let target: unknown = document;
  for (const name of path) target = object(target)[name.replaceAll('~1', '/').replaceAll('~0', '~')];
  return resolved(target);
}

function operations(): { name: string; path: string; operation: Json; parameters: Json[] }[] {
  const all = [];
  for (const [path, item] of Object.entries(object(document['paths']))) {
    const shared = objects(object(item)['parameters'] ?? []);
    for (const [method, value] of Object.entries(object(item))) {
      if (!METHODS.includes(method)) continue;
      const operation = object(value);
      const parameters = [...shared, ...objects(operation['parameters'] ?? [])].map(resolved);
      all.push({ name: `${method.toUpperCase()} ${path}`, path, operation, parameters });
    }
  }
  return all;
}

const isText = (value: unknown): boolean => typeof value === 'string' && /\w{2}/.test(value);

const hasExample = (value: Json): boolean =>
  value['example'] !== undefined ||
  (Array.isArray(value['examples']) && value['examples'].length > 0) ||
  (isObject(value['examples']) && Object.keys(value['examples']).length > 0);

describe('the docs', () => {
  it('are a page for everybody, and all that it loads is there', async () => {
    const page = await ledger.request('/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(assets.length).toBeGreaterThan(1);
    for (const asset of assets.filter((name) => !name.startsWith('data:'))) {
      const url = new URL(asset, `${ledger.url}/docs`);
      expect(url.origin).toBe(ledger.url);
      expect([asset, (await fetch(url)).status]).toEqual([asset, 200]);
    }
  });

  it('are an OpenAPI 3.1 document, as JSON and as the same in YAML', async () => {
    const json = await ledger.request('/openapi.json');
    expect(json.headers.get('content-type')).toMatch(/^application\/json/);
    expect(string(document['openapi'])).toMatch(/^3\.1\.\d+$/);
    expect(document['info']).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    const yaml = await ledger.request('/openapi.yaml');
    expect(yaml.status).toBe(200);
    expect(yaml.headers.get('content-type')).toMatch(/yaml/);
    expect(yaml.text).toMatch(/^openapi: ["']?3\.1\.\d+["']?$/m);
    for (const { path, operation } of operations()) {
      expect(yaml.text).toMatch(new RegExp(`^  ["']?${path.replace(/[{}]/g, '\\$&')}["']?:$`, 'm'));
      expect(yaml.text).toContain(`operationId: ${string(operation['operationId'])}\n`);
    }
  });

  it('name every operation that there is', () => {
    expect(operations().map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'POST /push/{token}/call-reports',
        'POST /push/call-reports',
        'GET /v1/calls',
        'GET /v1/calls/{callId}',
        'GET /v1/calls/{callId}/history',
        'GET /v1/tasks',
        'GET /v1/tasks/{taskId}',
        'GET /v1/tasks/{taskId}/batches',
        'GET /v1/tasks/{taskId}/batches/{batchId}',
        'GET /v1/batches',
        'GET /health/live',
        'GET /health/ready',
        'GET /health/startup',
      ]),
    );
  });

  it('describe every operation and give it an id of its own', () => {
    const ids = new Set<unknown>();
    for (const { name, operation } of operations()) {
      const { summary, description, operationId } = operation;
      expect([name, isText(summary), isText(description), isText(operationId)]).toEqual([
        name,
        true,
        true,
        true,
      ]);
      ids.add(operationId);
    }
    expect(ids.size).toBe(operations().length);
  });

  it('describe every parameter, with an example, those of the path among them', () => {
    let seen = 0;
    for (const { name, path, parameters } of operations()) {
      for (const parameter of parameters) {
        const schema = isObject(parameter['schema']) ? resolved(parameter['schema']) : {};
        const at = `${name} ${string(parameter['name'])}`;
        expect([at, isText(parameter['description']), hasExample(parameter) || hasExample(schema)]).toEqual([
          at,
          true,
          true,
        ]);
        seen += 1;
      }
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const documented = parameters
        .filter((parameter) => parameter['in'] === 'path')
        .map((parameter) => parameter['name']);
      expect([name, documented.sort()]).toEqual([name, inPath.sort()]);
    }
    expect(seen).toBeGreaterThan(30);
  });

  it('describe every answer, with what it holds', () => {
    for (const { name, operation, path } of operations()) {
      const responses = Object.entries(object(operation['responses']));
      expect([name, responses.length > 0]).toEqual([name, true]);
      for (const [status, value] of responses) {
        const response = resolved(value);
        const content = isObject(response['content']) ? Object.values(response['content']).map(object) : [];
        const shown =
          hasContent(status) === content.length > 0 &&
          content.every((media) => isObject(media['schema']) || hasExample(media));
        expect([name, status, isText(response['description']), shown]).toEqual([name, status, true, true]);
      }
      const statuses = responses.map(([status]) => status);
      if (path.startsWith('/v1/')) {
        expect([name, statuses]).toEqual([name, expect.arrayContaining(['400', '401'])]);
        // A part of a file is another success than the file.
        const successes = statuses.filter((status) => status.startsWith('2') && status !== '206');
        expect([name, successes.length]).toEqual([name, 1]);
      }
      if (path.startsWith('/v1/') && path.includes('{'))
        expect([name, statuses]).toEqual([name, expect.arrayContaining(['404'])]);
      if (path.startsWith('/push')) {
        expect([name, statuses]).toEqual([
          name,
          expect.arrayContaining(['200', '400', '401', '403', '413', '503']),
        ]);
        expect(operation['requestBody']).toBeDefined();
      }
      if (path.startsWith('/health/') && !path.endsWith('live'))
        expect(statuses).toEqual(expect.arrayContaining(['200', '503']));
    }
  });

  it('show errors of /v1 as problem+json and those of the push in the form the vendor knows', () => {
    for (const { name, operation, path } of operations()) {
      for (const [status, value] of Object.entries(object(operation['responses']))) {
        if (path.startsWith('/health/') || !hasContent(status)) continue;
        const types = Object.keys(object(resolved(value)['content']));
        if (path.startsWith('/v1/') && status.startsWith('4')) {
          expect([name, status, types]).toEqual([name, status, ['application/problem+json']]);
        }
        // Before the headers have come, nobody knows that it is a push.
        const isBeforeHeaders = status === '408' || status === '431';
        if (path.startsWith('/push') && !isBeforeHeaders)
          expect([name, status, types]).toEqual([name, status, ['application/json']]);
      }
    }
  });

  it('list exactly the filters of /v1/calls', () => {
    const calls = operations().find(({ name }) => name === 'GET /v1/calls');
    const inQuery = calls?.parameters.filter((parameter) => parameter['in'] === 'query');
    expect(inQuery?.map((parameter) => string(parameter['name'])).sort()).toEqual(
      [
        ...[
          'from',
          'to',
          'receivedFrom',
          'receivedTo',
          'timeZone',
          'source',
          'taskId',
          'batchId',
          'detailId',
          'outId',
        ],
        ...['callId', 'caller', 'realCaller', 'callee', 'calleeEndsWith', 'statusCode', 'smartStatusCode'],
        ...[
          'hangupDirection',
          'answered',
          'minDuration',
          'maxDuration',
          'hasWarnings',
          ...['majorIntent', 'tag', 'hasNote', 'hasRecording', 'recordingState'],
          'fields',
          'order',
          'limit',
          'cursor',
        ],
      ].sort(),
    );
  });

  it('describe every field of an answer that is really given', async () => {
    await pushed(ledger, [record('documented')]);
    const described = (name: string, path: string[]): string[] => {
      const operation = operations().find((one) => one.name === name)?.operation;
      const response = resolved(object(object(operation)['responses'])['200']);
      let schema = resolved(object(object(response['content'])['application/json'])['schema']);
      for (const step of path) {
        const inner = step === '[]' ? schema['items'] : object(schema['properties'])[step];
        schema = resolved(inner);
      }
      const parts = Array.isArray(schema['allOf']) ? schema['allOf'].map(resolved) : [schema];
      return parts.flatMap((part) => Object.keys(object(part['properties']))).sort();
    };
    const call = object((await ledger.get('/v1/calls/documented')).body);
    expect(Object.keys(call).sort()).toEqual(described('GET /v1/calls/{callId}', []));
    expect(Object.keys(call).sort()).toEqual(described('GET /v1/calls', ['data', '[]']));
    const [task] = dataOf(await ledger.get('/v1/tasks'));
    expect(Object.keys(object(task)).sort()).toEqual(described('GET /v1/tasks', ['data', '[]']));
    const [batch] = dataOf(await ledger.get('/v1/batches'));
    expect(Object.keys(object(batch)).sort()).toEqual(described('GET /v1/batches', ['data', '[]']));
    const [entry] = dataOf(await ledger.get('/v1/calls/documented/history'));
    // A revision of a report has a call; others have a note or a recording.
    expect([...Object.keys(object(entry)), 'note', 'recording'].sort()).toEqual(
      described('GET /v1/calls/{callId}/history', ['data', '[]']),
    );
  });

  it('say how to come in: the API key for /v1, the token for the push', () => {
    const schemes = object(object(document['components'])['securitySchemes']);
    expect(Object.keys(schemes).length).toBeGreaterThan(0);
    for (const { name, path, operation } of operations()) {
      const security = operation['security'] ?? document['security'];
      if (path.startsWith('/v1/') || path === '/push/call-reports') {
        const names = objects(security).flatMap((way) => Object.keys(way));
        expect([name, names.length > 0]).toEqual([name, true]);
        for (const one of names) expect(Object.keys(schemes)).toContain(one);
      }
    }
  });
});

/** No content, and not modified, are answers without a body. */
function hasContent(status: string): boolean {
  return !['204', '304'].includes(status);
}
