// What is accounted for, by whom it was done, and that nobody can change it afterwards.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/security/principal.js';
import { dataOf, object, pushed, string } from '../contract/helpers.js';
import { erased } from '../privacy/erasing.js';
import { askForKey, makeKey, type MadeKey, revoke, withKey } from '../support/api-keys.js';
import { type Answer, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

type Event = Record<string, unknown>;

const NUMBER = '13911110001';
let ledger: TestLedger;
let seeing: MadeKey;
let blind: MadeKey;
let delivery: string;

beforeAll(async () => {
  ledger = await startLedger();
  seeing = await makeKey(ledger, { name: 'the desk', scopes: SCOPES });
  blind = await makeKey(ledger, {
    name: 'the board',
    scopes: SCOPES.filter((scope) => scope !== 'numbers:read'),
  });
  delivery = await pushed(ledger, [
    record('one', { callee: NUMBER }),
    record('two', { caller: null, callee: null, realCaller: null, outId: null }),
    { stray: NUMBER },
  ]);
});
afterAll(() => ledger.stop());

async function events(query = ''): Promise<Event[]> {
  return dataOf(await ledger.get(`/v1/audit-events${query}`));
}

/** What a request adds to the audit, without what only the moment decides. */
async function addedBy(request: () => Promise<Answer>): Promise<{ answer: Answer; added: Event[] }> {
  const [last] = await events('?limit=1');
  const answer = await request();
  const all = await events('?limit=1000');
  const added = all.slice(
    0,
    all.findIndex(({ id }) => id === last?.['id']),
  );
  // What the service does by itself, as erasing, no request has asked for.
  for (const event of added.filter(({ keyId }) => keyId !== null)) {
    expect(event).toMatchObject({ remoteAddress: expect.stringMatching(/127\.0\.0\.1$/) as unknown });
    expect(event['requestId']).toBe(answer.headers.get('x-request-id'));
    expect(Math.abs(Date.parse(string(event['at'])) - Date.now())).toBeLessThan(60_000);
  }
  return { answer, added };
}

const asked = (key: MadeKey, path: string, init: RequestInit = {}) =>
  addedBy(() => withKey(ledger, key.key, path, init));
const DISCARD: RequestInit = { method: 'POST' };
const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

describe('Numbers that are shown', () => {
  it.each([
    ['/v1/calls?limit=10', 1, { limit: '10' }],
    ['/v1/calls/one', 1, { callId: 'one' }],
    ['/v1/calls/one/history', 1, { callId: 'one' }],
    ['/v1/changes', 1, {}],
    ['/v1/quarantine', 1, {}],
  ])('%s is noted, with the entries that show some', async (path, rows, parameters) => {
    const { added } = await asked(seeing, path);
    expect(added).toEqual([
      expect.objectContaining({
        action: 'numbers.read',
        keyId: seeing.id,
        keyName: 'the desk',
        rows,
        detail: {
          request: expect.stringMatching(/^GET \/v1\//) as unknown,
          parameters,
          masked: false,
        },
      }),
    ]);
  });

  it.each([
    '/v1/calls/two',
    '/v1/calls?outId=nobody',
    '/v1/tasks',
    '/v1/stats/calls',
    '/v1/deliveries',
    '/v1/audit-events',
  ])('%s shows none, and is not noted', async (path) => {
    expect((await asked(seeing, path)).added).toEqual([]);
  });

  it.each([
    [`callee=${NUMBER}`, { callee: '139****0001' }, 1],
    ['callee=%2B86%20139.1111.9999', { callee: '+86****9999' }, 1],
    ['caller=13911119999,05710000000&realCaller=13911119999', { caller: '139****0000' }, 2],
    ['calleeEndsWith=0001', { calleeEndsWith: '0001' }, 1],
  ])('a search by number is noted, whether there are any or not: %s', async (query, parameters, rows) => {
    for (const key of [seeing, blind]) {
      const { added } = await asked(key, `/v1/calls?${query}`);
      expect(added.filter(({ action }) => action === 'numbers.searched')).toEqual([
        expect.objectContaining({
          keyId: key.id,
          rows,
          detail: {
            request: 'GET /v1/calls',
            parameters: expect.objectContaining(parameters) as unknown,
          },
        }),
      ]);
    }
  });

  it('no number is kept in what was asked for, wherever it stands, nor in the name of the key or the id of the request', async () => {
    const named = await makeKey(ledger, { name: 'of 139 1111 0021', scopes: SCOPES });
    for (const query of [
      'callId=13911110021',
      'taskId=a-0086139.1111.0021',
      'statusCode=１３９１１１１００２１',
      'source=13911110021',
      'callId=0571-21110021',
      'detailId=057121110021',
    ])
      await withKey(ledger, named.key, `/v1/calls?${query}&outId=crm-0571-21110021`, {
        headers: { 'x-request-id': '139-1111-0021' },
      });
    await withKey(ledger, named.key, '/v1/calls/one');
    const kept = await ledger.database.query<{ text: string }>(
      'SELECT audit_events::text AS text FROM audit_events',
    );
    expect(kept.map(({ text }) => text).join('\n')).not.toMatch(/139\D?1111\D?0021|１３９|571\D?2111\D?0021/);
    const last = await events(`?keyId=${named.id}&limit=1`);
    expect(last).toMatchObject([{ keyName: 'of 139****0021', detail: { parameters: { callId: 'one' } } }]);
  });

  it('what is masked is not noted', async () => {
    for (const path of ['/v1/calls', '/v1/calls/one', '/v1/changes', '/v1/quarantine'])
      expect((await asked(blind, path)).added).toEqual([]);
  });

  it('an answer goes out only after it is noted', async () => {
    await ledger.database.query('ALTER TABLE audit_events RENAME TO audit_events_away');
    try {
      const refused = await withKey(ledger, seeing.key, '/v1/calls/one');
      expect(refused.status).toBe(503);
      expect(refused.text).not.toContain(NUMBER);
      expect((await withKey(ledger, blind.key, '/v1/calls/one')).status).toBe(200);
    } finally {
      await ledger.database.query('ALTER TABLE audit_events_away RENAME TO audit_events');
    }
  });

  it('many readers at once are all noted', async () => {
    const before = (await events('?action=numbers.read&limit=1000')).length;
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => withKey(ledger, seeing.key, '/v1/calls/one')),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await events('?action=numbers.read&limit=1000')).toHaveLength(before + 60);
  });
});

describe('Noted too are', () => {
  it('bodies, masked or not', async () => {
    for (const [key, masked] of [
      [seeing, false],
      [blind, true],
    ] as const) {
      const { added } = await asked(key, `/v1/deliveries/${delivery}/body`);
      expect(added).toEqual([
        expect.objectContaining({
          action: 'body.read',
          keyId: key.id,
          detail: { request: 'GET /v1/deliveries/:id/body', parameters: { id: delivery }, masked },
        }),
      ]);
    }
  });

  it('exports, when they begin and when they end', async () => {
    const { answer, added } = await asked(blind, `/v1/exports/calls?for=program&calleeEndsWith=0001`);
    expect(answer.text).toContain('139****0001');
    await until('the end to be noted', async () => (await events('?action=export.ended')).length === 1);
    const [ended] = await events('?action=export.ended');
    expect(ended).toMatchObject({ rows: 1, detail: { whole: true }, requestId: added[0]?.['requestId'] });
    expect(await events('?action=export.begun')).toMatchObject([
      {
        keyName: 'the board',
        rows: null,
        detail: {
          request: 'GET /v1/exports/calls',
          parameters: { for: 'program', calleeEndsWith: '0001' },
          masked: true,
        },
      },
    ]);
  });

  it('keys that are made and revoked, without what is secret', async () => {
    const { answer, added } = await addedBy(() =>
      askForKey(ledger, { name: 'of 13911110020', scopes: ['calls:read'], sources: ['vendor'] }, seeing.key),
    );
    const { id, key } = answer.body as MadeKey;
    expect(added).toMatchObject(
      [
        {
          action: 'key.created',
          keyId: seeing.id,
          detail: {
            id,
            name: 'of 139****0020',
            scopes: ['calls:read'],
            sources: ['vendor'],
            expiresAt: null,
          },
        },
        { action: 'numbers.read' },
      ].reverse(),
    );
    expect(JSON.stringify(added)).not.toContain(key.split('_')[2]);
    const revoked = await addedBy(() => revoke(ledger, id, seeing.key));
    expect(revoked.added).toMatchObject([{ action: 'key.revoked', detail: { id }, keyId: seeing.id }]);
  });

  it('no keys that are refused', async () => {
    const narrow = await makeKey(ledger, { scopes: ['keys:manage'] });
    const { answer, added } = await addedBy(() => askForKey(ledger, { scopes: ['calls:read'] }, narrow.key));
    expect(answer.status).toBe(403);
    expect(added).toEqual([]);
  });

  it('replays and discards of the quarantine', async () => {
    await pushed(ledger, [{ another: 'stray' }]);
    const [entry] = dataOf(await ledger.get('/v1/quarantine?status=open'));
    await ledger.database.query('UPDATE quarantine SET raw = $2 WHERE id = $1', [
      entry?.['id'],
      Buffer.from(JSON.stringify(record('three'))),
    ]);
    const dry = await asked(blind, '/v1/quarantine/replay', post({ dryRun: true }));
    expect(dry.added).toEqual([]);
    const { added } = await asked(blind, '/v1/quarantine/replay', post({ status: 'open' }));
    expect(added).toMatchObject([
      { action: 'quarantine.replayed', keyId: blind.id, rows: 1, detail: { ids: [entry?.['id']] } },
    ]);
    const [open] = dataOf(await ledger.get('/v1/quarantine?status=open'));
    const discarded = await asked(blind, `/v1/quarantine/${string(open?.['id'])}/discard`, DISCARD);
    expect(discarded.added).toMatchObject([
      { action: 'quarantine.discarded', rows: 1, detail: { id: open?.['id'] } },
    ]);
    const again = await asked(blind, `/v1/quarantine/${string(open?.['id'])}/discard`, DISCARD);
    expect([again.answer.status, again.added]).toEqual([200, []]);
  });

  it('erasures, without the number', async () => {
    const wish = { number: '13911110099', reason: 'asked for by 13911110099' };
    await pushed(ledger, [record('gone', { callee: wish.number })]);
    const { answer, added } = await asked(blind, '/v1/erasures', post(wish));
    const erasureId = string(object(answer.body)['id']);
    // By now the service may have done it.
    const requested = added.filter(({ action }) => action === 'erasure.requested');
    expect(requested).toMatchObject([
      { keyId: blind.id, detail: { erasureId, numberHash: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ]);
    await erased(ledger.url, erasureId);
    expect(await events('?action=erasure.done')).toMatchObject([
      { keyId: null, requestId: null, rows: 2, detail: { erasureId, calls: 1, bodies: 1 } },
    ]);
    const kept = await ledger.database.query<{ text: string }>(
      'SELECT detail::text AS text FROM audit_events',
    );
    expect(kept.map(({ text }) => text).join()).not.toContain(wish.number);
  });
});

describe('The events', () => {
  it('are found by what was done, by whom and when, page by page', async () => {
    const all = await events('?limit=1000');
    expect(all.length).toBeGreaterThan(70);
    const made = await events('?action=key.created,key.revoked');
    expect(made).toEqual(all.filter(({ action }) => String(action).startsWith('key.')));
    const desk = await events(`?keyId=${seeing.id}&limit=1000`);
    expect(desk).toEqual(all.filter(({ keyId }) => keyId === seeing.id));
    const instant = string(all[10]?.['at']);
    const before = await events(`?to=${instant}&limit=1000`);
    expect(before).toEqual(all.filter(({ at }) => string(at) < instant));
    expect(await events(`?from=${instant}&limit=1000`)).toEqual(
      all.filter(({ at }) => string(at) >= instant),
    );
    const paged: Event[] = [];
    for (let path: string | undefined = '/v1/audit-events?limit=7'; path !== undefined;) {
      const answer: Answer = await ledger.get(path);
      paged.push(...dataOf(answer));
      path = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    expect(paged).toEqual(all);
  });

  it.each(['action=anything', 'from=yesterday', 'cursor=WzFd', 'limit=0'])('%s is refused', async (query) => {
    expect((await ledger.get(`/v1/audit-events?${query}`)).status).toBe(400);
  });

  it('can be read by nobody without audit:read, or who is limited to sources', async () => {
    const without = await makeKey(ledger, { scopes: SCOPES.filter((scope) => scope !== 'audit:read') });
    const limited = await makeKey(ledger, { scopes: ['audit:read'], sources: ['vendor'] });
    for (const { key } of [without, limited])
      expect((await withKey(ledger, key, '/v1/audit-events')).status).toBe(403);
  });

  it.each([
    "UPDATE audit_events SET action = 'nothing'",
    'DELETE FROM audit_events',
    'TRUNCATE audit_events',
    "UPDATE audit_events SET action = 'nothing' WHERE false",
  ])('%s is refused by the database', async (sql) => {
    await expect(ledger.database.query(sql)).rejects.toThrow('audit_events is append-only');
  });
});

it('A search by number for a file is noted, too', async () => {
  await withKey(ledger, blind.key, `/v1/exports/calls?callee=${NUMBER}`);
  expect(await events('?action=numbers.searched&limit=1')).toMatchObject([
    {
      keyId: blind.id,
      rows: 1,
      detail: { request: 'GET /v1/exports/calls', parameters: { callee: '139****0001' } },
    },
  ]);
});

it('A change that is not noted does not happen', async () => {
  await ledger.database.query('ALTER TABLE audit_events RENAME TO audit_events_away');
  const keys = await ledger.database.query('SELECT id FROM api_keys');
  expect((await askForKey(ledger, { scopes: ['calls:read'] })).status).toBe(503);
  expect((await revoke(ledger, blind.id)).status).toBe(503);
  await ledger.database.query('ALTER TABLE audit_events_away RENAME TO audit_events');
  expect(await ledger.database.query('SELECT id FROM api_keys')).toEqual(keys);
  expect((await withKey(ledger, blind.key, '/v1/calls')).status).toBe(200);
});

it('Text that PostgreSQL does not take as JSON is noted without what it does not take', async () => {
  const name = 'half \ud83d of \\u0000 it';
  const made = await askForKey(ledger, { name, scopes: ['calls:read'] });
  expect(made.status).toBe(201);
  expect(await events('?action=key.created&limit=1')).toMatchObject([
    { detail: { name: 'half \ufffd of \\ufffd it' } },
  ]);
});
