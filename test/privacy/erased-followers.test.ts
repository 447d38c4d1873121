// A number in the URL of a webhook, or in the name of one or of a follower, is erased.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dataOf, string } from '../contract/helpers.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { makeWebhook, send, webhookOf } from '../webhooks/webhooks.js';
import { askFor, erased, NEIGHBOUR, NUMBER } from './erasing.js';
import { tracesInDatabase } from './traces.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

const make = async (agent: string) => {
  const wish = {
    name: `CRM of ${agent}`,
    url: `https://crm.invalid/${agent}/calls?agent=${agent}`,
    startAt: 'now',
  };
  expect((await ledger.get(`/v1/changes?limit=0&follower=agent-${agent}`)).status).toBe(200);
  return (await makeWebhook(ledger, wish)).id;
};

it('Webhooks and followers hold nothing of an erased number, and others are what they were', async () => {
  const [held, other] = [await make(NUMBER), await make(NEIGHBOUR)];
  const before = await webhookOf(ledger, other);
  expect(await tracesInDatabase(ledger.database, NUMBER)).toEqual(
    expect.arrayContaining(['followers.name: 1', 'webhooks.name: 1', 'webhooks.url: 1']),
  );
  await erased(ledger.url, await askFor(ledger.url, NUMBER));
  expect(await tracesInDatabase(ledger.database, NUMBER)).toEqual([]);
  const webhook = await webhookOf(ledger, held);
  expect(webhook).toMatchObject({
    ...{ name: 'CRM of [erased]', url: 'https://crm.invalid/[erased]/calls?agent=[erased]' },
    ...{ state: 'paused', reason: expect.stringContaining('Set a new URL') },
  });
  expect(await webhookOf(ledger, other)).toEqual(before);
  const names = dataOf(await ledger.get('/v1/followers')).map(({ name }) => string(name));
  expect(names.sort()).toEqual([`CRM of ${NEIGHBOUR}`, 'CRM of [erased]', `agent-${NEIGHBOUR}`].sort());
});

it('A webhook that an erasure has paused goes on after a new URL', async () => {
  const id = await make(NUMBER);
  await erased(ledger.url, await askFor(ledger.url, NUMBER));
  expect(await webhookOf(ledger, id)).toMatchObject({ state: 'paused' });
  const changed = await send(ledger, 'PATCH', id, { url: 'https://crm.invalid/calls', state: 'active' });
  expect(changed.body).toMatchObject({ url: 'https://crm.invalid/calls', state: 'active', reason: null });
});
