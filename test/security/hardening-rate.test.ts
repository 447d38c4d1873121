// QUERY_RATE_LIMIT: how often one key may ask.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey, type MadeKey, withKey } from '../support/api-keys.js';
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

/** Asks until an answer has a status. The limit is of a second: it can't be met at a slow machine's first try. */
async function until(status: number, ask: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; tries < 1000; tries += 1) {
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
