// QUERY_RATE_LIMIT: how often one key may ask.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey, type MadeKey, revoke, withKey } from '../support/api-keys.js';
import { type Answer, API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';

const LIMIT = 2;

let ledger: TestLedger;
let crm: MadeKey;
let bi: MadeKey;

beforeAll(async () => {
  ledger = await startLedger({ QUERY_RATE_LIMIT: String(LIMIT) });
  crm = await makeKey(ledger, { scopes: ['calls:read'] });
  bi = await makeKey(ledger, { scopes: ['calls:read'] });
});
afterAll(() => ledger.stop());

/**
 * Asks until an answer has a status. The limit is of a second: it can't be met at a slow machine's first try, and a quick
 * one makes a thousand tries in a second.
 */
async function until(status: number, ask: () => Promise<Answer>): Promise<Answer> {
  for (const end = performance.now() + 60_000; performance.now() < end;) {
    const answer = await ask();
    if (answer.status === status) return answer;
  }
  throw new Error(`no answer ${status}`);
}

const calls = (key: string) => withKey(ledger, key, '/v1/calls');
const burst = (key: string, times: number) => Promise.all(Array.from({ length: times }, () => calls(key)));
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);

describe('A key', () => {
  it('that asks too often is told when to come again, and is answered then', async () => {
    const answers = await burst(crm.key, 4 * LIMIT);
    const refused = answers.filter(({ status }) => status === 429);
    // All within two seconds, whatever the machine is busy with.
    expect(refused.length).toBeGreaterThanOrEqual(2 * LIMIT);
    for (const { headers, body } of refused) {
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(headers.get('retry-after')).toMatch(/^[01]$/);
      expect(body).toMatchObject({ status: 429, detail: `This API key may ask ${LIMIT} times a second` });
    }
    await until(200, () => calls(crm.key));
  });

  it('may ask so often, each second anew', async () => {
    await until(429, () => calls(crm.key));
    await until(200, () => calls(crm.key));
    // That was the first of its second.
    expect(statuses(await burst(crm.key, LIMIT - 1))).toEqual(Array.from({ length: LIMIT - 1 }, () => 200));
  });

  it('takes nothing from another key', async () => {
    const [refused, answer] = await Promise.all([burst(crm.key, 4 * LIMIT), calls(bi.key)]);
    expect(statuses(refused)).toContain(429);
    expect(answer.status).toBe(200);
  });

  it('shares its rate with the keys that it made, and those that these made, revoked ones between them included', async () => {
    // Its rate is its own: to make keys takes some of it.
    const keys = await startLedger({ QUERY_RATE_LIMIT: '20' });
    const scopes = ['calls:read', 'keys:manage'] as const;
    const eldest = await makeKey(keys, { scopes });
    const child = await makeKey(keys, { scopes }, eldest.key);
    const grandchild = await makeKey(keys, { scopes }, child.key);
    const stranger = await makeKey(keys, { scopes });
    await revoke(keys, child.id);
    const ask = ({ key }: MadeKey) => withKey(keys, key, '/v1/calls?limit=1');
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => ask(index % 2 === 0 ? eldest : grandchild)),
    );
    // Each alone asks 30 times.
    expect(statuses(answers).filter((status) => status === 200).length).toBeLessThan(60);
    let both = 0;
    for (let tries = 0; both === 0 && tries < 200; tries += 1) {
      await Promise.all(Array.from({ length: 30 }, () => ask(eldest)));
      const [kin, other] = await Promise.all([ask(grandchild), ask(stranger)]);
      if (kin.status === 429 && other.status === 200) both += 1;
    }
    expect(both).toBe(1);
    await keys.stop();
  });

  it('of the settings has the same rate', async () => {
    expect((await until(429, () => calls(API_KEY))).status).toBe(429);
  });
});

describe('All that is asked with a good key', () => {
  it('is answered with what is left of the rate, by the names of the draft', async () => {
    for (const path of ['/v1/calls', '/v1/calls?limit=0', '/v1/calls/none', '/v1/tasks', '/v1/nothing']) {
      const { headers } = await withKey(ledger, bi.key, path);
      expect([path, headers.get('ratelimit')]).toEqual([
        path,
        expect.stringMatching(/^"requests"; r=[01]; t=[01]$/),
      ]);
      expect(headers.get('ratelimit-policy')).toMatch(/^"requests"; q=2; w=1; pk=:[\w+/]+=*:$/);
    }
  });

  it('counts, routes that the key has no scope for or that are not there included', async () => {
    await until(429, () => withKey(ledger, crm.key, '/v1/api-keys'));
    await until(429, () => withKey(ledger, crm.key, '/v1/nothing'));
    await until(429, () => withKey(ledger, crm.key, '/v1/exports/calls'));
    await until(429, () =>
      withKey(ledger, crm.key, '/v1/api-keys', {
        method: 'POST',
        body: '{"name":"x","scopes":["calls:read"]}',
      }),
    );
  });
});

describe('Erasures', () => {
  it('of a key and the keys that it made are limited, those that are refused aside, and others may go on', async () => {
    const keys = await startLedger();
    const scopes = ['privacy:erase', 'keys:manage'] as const;
    const maker = await makeKey(keys, { scopes });
    const made = await makeKey(keys, { scopes }, maker.key);
    const other = await makeKey(keys, { scopes });
    const erase = ({ key }: MadeKey, number: string) =>
      withKey(keys, key, '/v1/erasures', {
        method: 'POST',
        body: JSON.stringify({ number, reason: 'asked for' }),
      });
    for (let tries = 0; tries < 70; tries += 1) expect((await erase(maker, 'no number')).status).toBe(400);
    const answers: Answer[] = [];
    for (let tries = 0; tries < 62; tries += 1)
      answers.push(await erase(tries % 2 === 0 ? maker : made, '13900000001'));
    expect(statuses(answers)).toEqual([...Array<number>(60).fill(202), 429, 429]);
    const refused = answers.at(-1);
    expect(refused?.headers.get('retry-after')).toBe('60');
    const detail = 'This API key, with the keys that it made, may ask for 60 erasures a minute';
    expect(refused?.body).toMatchObject({ detail });
    expect((await erase(other, '13900000001')).status).toBe(202);
    expect((await withKey(keys, maker.key, '/v1/erasures')).status).toBe(200);
    await keys.stop();
  });
});

describe('What has no rate', () => {
  it('are pushes, health checks and the description', async () => {
    const pushes = await Promise.all(
      Array.from({ length: 20 * LIMIT }, (_, index) => ledger.push([record(`call-${index}`)])),
    );
    expect(new Set(statuses(pushes))).toEqual(new Set([200]));
    for (const path of ['/health/ready', '/openapi.json', '/docs']) {
      const answers = await Promise.all(Array.from({ length: 4 * LIMIT }, () => ledger.request(path)));
      expect([path, new Set(statuses(answers))]).toEqual([path, new Set([200])]);
      expect(answers[0]?.headers.get('ratelimit')).toBeNull();
    }
  });

  it('is a wrong key, which takes nothing from the right ones', async () => {
    const { status, headers } = await calls('wrong');
    expect([status, headers.get('ratelimit')]).toEqual([401, null]);
  });
});

describe('QUERY_RATE_LIMIT=0', () => {
  it('sets no limit', async () => {
    const unlimited = await startLedger({ QUERY_RATE_LIMIT: '0' });
    const answers = await Promise.all(Array.from({ length: 300 }, () => unlimited.get('/v1/tasks')));
    await unlimited.stop();
    expect(new Set(statuses(answers))).toEqual(new Set([200]));
    expect(answers[0]?.headers.get('ratelimit')).toBeNull();
  });
});
