import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { Database } from '../../src/persistence/connections/database.js';
import { askForKey, type MadeKey, makeKey, revoke, withKey } from '../support/api-keys.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { until } from '../support/service.js';
import { Instance } from '../query/changes/instances.js';

/** The second one after too many wrong keys within a minute. */
const REFUSED = [401, 429];

let ledger: TestLedger;
let other: Instance;

beforeAll(async () => {
  ledger = await startLedger();
  other = await Instance.start(ledger.database.url);
});
afterAll(async () => {
  await other.remove();
  await ledger.stop();
});

const calls = (key: string) => withKey(ledger, key, '/v1/calls');
const status = async (key: string) => (await calls(key)).status;
const elsewhere = async (key: string) =>
  (await fetch(`${other.url}/v1/calls`, { headers: { authorization: `Bearer ${key}` } })).status;

async function listed(id: string): Promise<Record<string, unknown>> {
  const { data } = (await ledger.get('/v1/api-keys?limit=1000')).body as { data: Record<string, unknown>[] };
  const found = data.find((key) => key['id'] === id);
  if (found === undefined) throw new Error(`the key ${id} is not in the list`);
  return found;
}

describe('An API key', () => {
  it('is shown once, works at once, and is kept as a hash only', async () => {
    const answer = await askForKey(ledger, { name: 'CRM', scopes: ['calls:read', 'stats:read'] });
    expect(answer.status).toBe(201);
    const { id, key } = answer.body as MadeKey;
    expect(key).toMatch(new RegExp(`^clk_${id}_[0-9a-f]{64}$`));
    expect(await status(key)).toBe(200);
    expect(await listed(id)).toEqual({
      id,
      name: 'CRM',
      scopes: ['calls:read', 'stats:read'],
      sources: null,
      createdAt: expect.stringMatching(/Z$/) as unknown,
      createdBy: 'admin',
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
    });
    const secret = key.slice(-64);
    const [row] = await ledger.database.query<{ secret_hash: Buffer; text: string }>(
      'SELECT secret_hash, api_keys::text AS text FROM api_keys WHERE id = $1',
      [id],
    );
    expect(row?.secret_hash).toEqual(createHash('sha256').update(secret).digest());
    expect(row?.text).not.toContain(secret);
  });

  it('is never the same twice', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => makeKey(ledger, { scopes: ['calls:read'] })));
    expect(new Set(keys.map(({ key }) => key.slice(-64))).size).toBe(3);
  });

  it('does not work any more once it is revoked, stays listed, and can be revoked again', async () => {
    const { id, key } = await makeKey(ledger, { scopes: ['calls:read'] });
    expect(await status(key)).toBe(200);
    expect(await revoke(ledger, id)).toMatchObject({ status: 204, text: '' });
    expect(await status(key)).toBe(401);
    const { revokedAt } = await listed(id);
    expect(revokedAt).toMatch(/Z$/);
    expect((await revoke(ledger, id)).status).toBe(204);
    expect((await listed(id))['revokedAt']).toBe(revokedAt);
  });

  it('that is not there can not be revoked', async () => {
    expect((await revoke(ledger, randomUUID())).status).toBe(404);
    expect((await revoke(ledger, 'nonsense')).status).toBe(404);
  });

  it('does not work any more once it has expired, though it was read before', async () => {
    const expiresAt = new Date(Date.now() + 10_000).toISOString();
    const { key } = await makeKey(ledger, { scopes: ['calls:read'], expiresAt });
    expect(await status(key)).toBe(200);
    await until('the key to expire', async () => (await status(key)) === 401);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expiresAt));
  });

  it('works, and is revoked, within seconds in other processes', async () => {
    // The other one has looked already, and remembers what it saw.
    await elsewhere(`clk_${randomUUID()}_${randomBytes(32).toString('hex')}`);
    const made = Date.now();
    const { id, key } = await makeKey(ledger, { scopes: ['calls:read'] });
    await until('the key to work elsewhere', async () => (await elsewhere(key)) === 200);
    await revoke(ledger, id);
    await until('the key to end elsewhere', async () => REFUSED.includes(await elsewhere(key)));
    expect(Date.now() - made).toBeLessThan(30_000);
  });

  it('has its last use noted some seconds later, and at the shutdown', async () => {
    const { id, key } = await makeKey(ledger, { scopes: ['calls:read'] });
    await status(key);
    await until('the use to be noted', async () => (await listed(id))['lastUsedAt'] !== null);
    const late = await makeKey(ledger, { scopes: ['calls:read'] });
    const ending = await Instance.start(ledger.database.url);
    await fetch(`${ending.url}/v1/calls`, { headers: { authorization: `Bearer ${late.key}` } });
    await ending.remove();
    expect((await listed(late.id))['lastUsedAt']).toMatch(/Z$/);
  });
});

describe('A wrong key', () => {
  it('is refused, whatever is wrong with it', async () => {
    const { id, key } = await makeKey(ledger, { scopes: ['calls:read'] });
    const other = await makeKey(ledger, { scopes: ['calls:read'] });
    const wrong = [
      `${key}0`,
      key.slice(0, -1),
      `clk_${id}_${other.key.slice(-64)}`,
      `clk_${randomUUID()}_${key.slice(-64)}`,
      key.slice(-64),
      'nonsense',
    ];
    for (const candidate of wrong) {
      const answer = await calls(candidate);
      expect([candidate, answer.status]).toEqual([candidate, 401]);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="call-ledger"');
      expect(answer.body).toMatchObject({ detail: 'This API key is not known, or not valid any more' });
    }
  });

  it('costs no query, however many come, each with another id', async () => {
    const begin = performance.now();
    const asked = await queriesDuring(async () => {
      for (let round = 0; round < 200; round += 1)
        expect(REFUSED).toContain(await elsewhere(`clk_${randomUUID()}_${randomBytes(32).toString('hex')}`));
    });
    // What the process asks by itself, every second or two.
    expect(asked).toBeLessThan(10 + (3 * (performance.now() - begin)) / 1000);
  });
});

/** How many statements the other process sent meanwhile. */
async function queriesDuring(work: () => Promise<void>): Promise<number> {
  const database = other.app.get(Database);
  const bySql = vi.spyOn(database, 'query');
  const byEntities = vi.spyOn(database, 'queryEntities');
  try {
    await work();
    return bySql.mock.calls.length + byEntities.mock.calls.length;
  } finally {
    bySql.mockRestore();
    byEntities.mockRestore();
  }
}

describe('The wish for a key', () => {
  it.each<[wish: object, path: string]>([
    [{ scopes: ['calls:read'] }, 'name'],
    [{ name: '', scopes: ['calls:read'] }, 'name'],
    [{ name: 'x'.repeat(101), scopes: ['calls:read'] }, 'name'],
    [{ name: 'a' }, 'scopes'],
    [{ name: 'a', scopes: [] }, 'scopes'],
    [{ name: 'a', scopes: ['calls:write'] }, 'scopes'],
    [{ name: 'a', scopes: ['calls:read', 'calls:read'] }, 'scopes'],
    [{ name: 'a', scopes: 'calls:read' }, 'scopes'],
    [{ name: 'a', scopes: ['calls:read'], sources: [] }, 'sources'],
    [{ name: 'a', scopes: ['calls:read'], sources: 'vendor' }, 'sources'],
    [{ name: 'a', scopes: ['calls:read'], sources: ['a b'] }, 'sources'],
    [{ name: 'a', scopes: ['calls:read'], expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ name: 'a', scopes: ['calls:read'], expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ name: 'a', scopes: ['calls:read'], expiresAt: '2099-01-01T00:00:00+25:00' }, 'expiresAt'],
    [{ name: 'a', scopes: ['calls:read'], expiresAt: '2099-01-01T00:00:00+08:99' }, 'expiresAt'],
    [{ name: 'a', scopes: ['calls:read'], admin: true }, 'admin'],
  ])('%j is refused for its %s', async (wish, path) => {
    const answer = await withKey(ledger, API_KEY, '/v1/api-keys', {
      method: 'POST',
      body: JSON.stringify(wish),
    });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
  });
});

describe('A field of the wish that is null', () => {
  it('is as good as missing', async () => {
    const body = JSON.stringify({ name: 'a', scopes: ['calls:read'], sources: null, expiresAt: null });
    const answer = await withKey(ledger, API_KEY, '/v1/api-keys', { method: 'POST', body });
    expect(answer).toMatchObject({ status: 201, body: { sources: null, expiresAt: null } });
  });
});

describe('The list of keys', () => {
  it('comes in pages, the newest first', async () => {
    const made = [];
    for (let index = 0; index < 3; index += 1) made.push(await makeKey(ledger, { scopes: ['stats:read'] }));
    const seen: string[] = [];
    for (let query: string | undefined = 'limit=2'; query !== undefined && seen.length < 3;) {
      const answer = await ledger.get(`/v1/api-keys?${query}`);
      const { data, page } = answer.body as { data: MadeKey[]; page: { nextCursor: string | null } };
      seen.push(...data.map(({ id }) => id));
      expect(answer.text).not.toContain('clk_');
      query = page.nextCursor === null ? undefined : `limit=2&cursor=${page.nextCursor}`;
    }
    expect(seen.slice(0, 3)).toEqual(made.map(({ id }) => id).reverse());
  });
});
