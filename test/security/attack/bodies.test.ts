// Fields that a client may not set (mass assignment), and what another source's entries are asked for by (object-level
// authorisation), beside what scopes.test.ts and sources.test.ts show.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../../src/security/principal.js';
import { pushFromOther, string } from '../../contract/helpers.js';
import { type Known, prepare, REQUESTS, WITH_VENDOR } from '../../contract/requests.js';
import { makeKey, withKey } from '../../support/api-keys.js';
import { Contract } from '../../support/contract/contract.js';
import { describedApi } from '../../support/contract/described.js';
import { API_KEY, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { fingerprint } from './fingerprint.js';

const { operations } = new Contract(await describedApi());
const OURS = operations.filter(({ path }) => path.startsWith('/v1'));
const WITH_BODY = OURS.filter(({ requestBody }) => requestBody !== undefined);
const STRAY = [
  ...['id', 'keyId', 'key', 'secret', 'secretHash', 'secret_hash', 'createdBy', 'created_by', 'createdAt'],
  ...[
    'revokedAt',
    'revoked_at',
    'lastUsedAt',
    'role',
    'isAdmin',
    'admin',
    'principal',
    'status',
    'sealedNumber',
  ],
  ...[
    'barrier',
    'again',
    'phase',
    'requestedAt',
    'erased',
    'position',
    'via',
    'constructor',
    'prototype',
    'toString',
  ],
  ...[
    'hasOwnProperty',
    '__defineGetter__',
    'expires_at',
    'SCOPES',
    'scopes ',
    'scopes[]',
    'scopes.0',
    '$where',
  ],
];

let ledger: TestLedger;
let known: Known;
let limited: string;
let foreignDelivery: string;

beforeAll(async () => {
  ledger = await startLedger({ ...WITH_VENDOR, QUERY_RATE_LIMIT: '100000' });
  known = await prepare(ledger);
  const answer = await pushFromOther(ledger, [
    record('foreign-1', { taskId: 'foreign-task' }),
    { foreign: 1 },
  ]);
  foreignDelivery = string(answer.headers.get('x-delivery-id'));
  limited = (await makeKey(ledger, { scopes: SCOPES, sources: ['vendor'] })).key;
});
afterAll(() => ledger.stop());

const post = (target: string, body: string, key = API_KEY, method = 'POST') =>
  withKey(ledger, key, target, { method, body });

describe('A field that is not the client’s to set', () => {
  it.each(WITH_BODY)('is refused by $operationId, and nothing is done', async ({ operationId, method }) => {
    const { target, body = '{}' } = REQUESTS[operationId]?.(known) ?? { target: '' };
    const before = await fingerprint(ledger.database);
    const sample = body.slice(0, -1) + (body === '{}' ? '' : ',');
    const odd = [
      '"__proto__": {"scopes": ["keys:manage"], "dryRun": false}',
      '"constructor": {"prototype": {"a": 1}}',
    ];
    for (const field of [...STRAY.map((name) => `${JSON.stringify(name)}: "x"`), ...odd]) {
      const answer = await post(target, `${sample}${field}}`, API_KEY, method);
      expect([field, answer.status]).toEqual([field, 400]);
    }
    expect(await fingerprint(ledger.database)).toEqual(before);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it('does not reach a key by a body of another form', async () => {
    for (const body of [
      '[]',
      'null',
      '"x"',
      '1',
      'true',
      '[{"name":"a","scopes":["calls:read"]}]',
      '',
      '{',
      'name=a',
    ])
      expect([body, (await post('/v1/api-keys', body)).status]).toEqual([body, 400]);
  });

  it('given twice, is what is checked', async () => {
    const { key } = await makeKey(ledger, { scopes: ['keys:manage'] });
    for (const scopes of [
      '"scopes":["keys:manage"],"scopes":["privacy:erase"]',
      '"scopes":["privacy:erase"],"scopes":["keys:manage"]',
    ]) {
      const { status, body } = await post('/v1/api-keys', `{"name":"twice",${scopes}}`, key);
      if (status === 201) expect(body).toMatchObject({ scopes: ['keys:manage'] });
      else expect(status).toBe(403);
    }
  });
});

describe('For a key that is limited to sources, a foreign entry', () => {
  const ids = () => ['/v1/calls/foreign-1', '/v1/tasks/foreign-task', `/v1/deliveries/${foreignDelivery}`];

  it('does not exist for HEAD either', async () => {
    for (const path of ids()) {
      const { status, headers } = await withKey(ledger, limited, path, { method: 'HEAD' });
      expect([path, status, headers.get('etag')]).toEqual([path, 404, null]);
    }
  });

  it('is not told by its ETag', async () => {
    for (const path of ids()) {
      const etag = (await withKey(ledger, API_KEY, path)).headers.get('etag') ?? '*';
      for (const given of [etag, '*']) {
        const headers = { 'if-none-match': given };
        expect((await withKey(ledger, limited, path, { headers })).status).toBe(404);
      }
    }
  });

  it('is answered exactly as what there is not', async () => {
    for (const path of ids()) {
      const absent = path.replace(
        /[^/]+$/,
        path.includes('deliveries') ? '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f' : 'x',
      );
      const [foreign, none] = [await withKey(ledger, limited, path), await withKey(ledger, limited, absent)];
      const { requestId: _own, ...problem } = foreign.body as Record<string, unknown>;
      expect(none.body).toMatchObject(problem);
    }
  });

  it('is in no export and in no feed, whatever is asked for', async () => {
    for (const query of [
      '',
      'source=other',
      'callId=foreign-1',
      'taskId=foreign-task',
      'format=ndjson&source=other,vendor',
    ])
      expect((await withKey(ledger, limited, `/v1/exports/calls?${query}`)).text).not.toContain('foreign');
    expect((await withKey(ledger, limited, '/v1/changes?limit=1000')).text).not.toContain('foreign');
  });

  it('is neither counted nor replayed by its delivery', async () => {
    const body = JSON.stringify({ deliveryId: [foreignDelivery], dryRun: true });
    expect((await post('/v1/quarantine/replay', body, limited)).body).toMatchObject({ examined: 0 });
    expect((await post('/v1/quarantine/replay', body)).body).toMatchObject({ examined: 1 });
  });
});

describe('An operation without a key', () => {
  it('is one of these, of which the push has its token in the path', () => {
    const open = operations.filter(({ security }) => security === undefined || security.length === 0);
    const names = open.map(({ operationId }) => operationId).filter((name) => name !== 'getMetrics');
    expect(names.sort()).toEqual([
      ...['getLiveness', 'getReadiness', 'getStartup'],
      ...['pushNotesWithTokenInPath', 'pushRecordingsWithTokenInPath', 'pushWithTokenInPath'],
    ]);
  });

  it.each(OURS)('is not $operationId', async ({ operationId, method }) => {
    const { target, body } = REQUESTS[operationId]?.(known) ?? { target: '' };
    const answer = await ledger.request(target, { method, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(401);
  });

  it.each(OURS)('is not $operationId for a key with every other scope', async (operation) => {
    const needed = operation['x-scopes'] ?? [];
    const scopes = SCOPES.filter((scope) => !needed.includes(scope));
    const { key } = await makeKey(ledger, { scopes });
    const { target, body } = REQUESTS[operation.operationId]?.(known) ?? { target: '' };
    const init = { method: operation.method, ...(body === undefined ? {} : { body }) };
    expect((await withKey(ledger, key, target, init)).status).toBe(403);
  });
});
