// Who follows the feed is known, and how far behind.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, object, pushed, string } from '../../contract/helpers.js';
import { makeKey, withKey } from '../../support/api-keys.js';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { until } from '../../support/service.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

const follow = async (name: string, after?: string, key?: string) => {
  const path = `/v1/changes?follower=${name}${after === undefined ? '' : `&after=${after}`}`;
  const answer = await (key === undefined ? ledger.get(path) : withKey(ledger, key, path));
  expect(answer.status).toBe(200);
  return string(object(answer.body)['nextCursor']);
};
const followers = async () => dataOf(await ledger.get('/v1/followers'));

describe('A follower', () => {
  it('is as far as the cursor that it last sent', async () => {
    await pushed(ledger, [record('a'), record('b')]);
    const next = await follow('crm');
    expect(await followers()).toMatchObject([
      { name: 'crm', kind: 'follower', id: null, keyId: 'admin', lagChanges: 2 },
    ]);
    await follow('crm', next);
    expect(await followers()).toMatchObject([{ cursor: next, lagChanges: 0, lagSeconds: 0 }]);
    await pushed(ledger, [record('c')]);
    await ledger.database.query("UPDATE deliveries SET received_at = received_at - interval '2 h'");
    const [behind] = await followers();
    expect(behind).toMatchObject({ lagChanges: 1 });
    expect(behind?.['lagSeconds']).toBeGreaterThanOrEqual(7200);
    await until('the metric', async () => {
      const { text } = await ledger.request('/metrics');
      return /call_ledger_follower_lag_seconds\{follower="crm"\} 7\d{3}/.test(text);
    });
  });

  it('belongs to its key, which has at most 100', async () => {
    const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
    const end = await follow('crm', undefined, key);
    expect(dataOf(await withKey(ledger, key, '/v1/followers'))).toHaveLength(1);
    expect((await followers()).map(({ name }) => name)).toEqual(['crm', 'crm']);
    for (let count = 1; count < 100; count += 1) await follow(`f${count}`, end, key);
    const refused = await withKey(ledger, key, '/v1/changes?follower=one-more');
    expect(refused.status).toBe(400);
    await follow('f1', end, key);
    expect((await withKey(ledger, key, '/v1/followers/f1', { method: 'DELETE' })).status).toBe(204);
    expect((await withKey(ledger, key, '/v1/followers/f1', { method: 'DELETE' })).status).toBe(404);
    await follow('one-more', end, key);
  });

  it('has a name of few characters', async () => {
    for (const name of ['', 'CRM', 'a b', 'x'.repeat(65), '客户'])
      expect((await ledger.get(`/v1/changes?follower=${encodeURIComponent(name)}`)).status).toBe(400);
  });
});
