// Nobody can use a webhook to reach what only the service can reach.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, object, pushed } from '../contract/helpers.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { Receiver } from './receiver.js';
import { askForWebhook, makeWebhook, send } from './webhooks.js';

const PRIVATE = [
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '0x7f.0.0.1', '127.0.0.1.'],
  ...['0.0.0.0', '10.0.0.1', '172.16.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1', '198.18.0.1'],
  ...['192.0.2.1', '224.0.0.1', '255.255.255.255', '192.88.99.1', '１２７.０.０.１', '127。0。0。1'],
  ...['[::]', '[::1]', '[fe80::1]', '[fc00::1]', '[fd00:ec2::254]', '[ff02::1]', '[2001:db8::1]'],
  ...[
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[fec0::1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
  ],
];

let ledger: TestLedger;
let listed: TestLedger;
let receiver: Receiver;
let url: string;

beforeAll(async () => {
  receiver = new Receiver();
  url = await receiver.start();
  ledger = await startLedger();
  listed = await startLedger({ WEBHOOK_ALLOW_HOSTS: '127.0.0.0/8' });
});
afterAll(async () => {
  for (const each of [ledger, listed]) await each.stop();
  receiver.stop();
});

async function refusal(where: TestLedger, target: string): Promise<string> {
  const answer = await askForWebhook(where, { url: target });
  expect([target, answer.status]).toEqual([target, 400]);
  const [problem] = object(answer.body)['errors'] as { path: string; message: string }[];
  expect(problem?.path).toBe('url');
  return problem?.message ?? '';
}

describe('The URL of a webhook', () => {
  it.each(PRIVATE)('is not at %s, which is not public', async (host) => {
    expect(await refusal(ledger, `https://${host}/`)).toMatch(/which is not public|must be a URL/);
  });

  it('is one of https without a user name, unless its host is listed', async () => {
    expect(await refusal(ledger, 'http://crm.example.com/')).toContain('must begin with https://');
    expect(await refusal(ledger, 'https://user:password@crm.example.com/')).toContain('no user name');
    for (const target of ['ftp://crm.example.com/', 'file:///etc/passwd', 'javascript:alert(1)', 'crm', ''])
      await refusal(ledger, target);
    // A network covers no names.
    expect(await refusal(listed, 'http://localhost/')).toContain('must begin with https://');
    expect((await askForWebhook(listed, { url: `${url}/`, startAt: 'now' })).status).toBe(201);
    const { id } = await makeWebhook(ledger, { url: 'https://crm.example.com/', startAt: 'now' });
    expect((await send(ledger, 'PATCH', id, { url: 'https://10.0.0.1/' })).status).toBe(400);
  });
});

describe('A request', () => {
  it('does not go to a name that leads to a private address', async () => {
    const port = new URL(url).port;
    const { id, secret } = await makeWebhook(ledger, { url: `https://localhost:${port}/`, startAt: 'now' });
    receiver.secrets.push(secret);
    const tested = object((await send(ledger, 'POST', `${id}/test`)).body);
    expect(tested).toMatchObject({
      status: null,
      problem: 'The host localhost has an address that is not public',
    });
    await pushed(ledger, [record('one')]);
    await until(
      'the attempt',
      async () => dataOf(await ledger.get(`/v1/webhooks/${id}/attempts`)).length > 1,
    );
    expect(receiver.requests).toEqual([]);
  });

  it('does not go to what is not allowed any more', async () => {
    const { id } = await makeWebhook(ledger, { url: 'https://crm.example.com/', startAt: 'now' });
    await ledger.database.query('UPDATE webhooks SET url = $1 WHERE id = $2', [url, id]);
    const tested = object((await send(ledger, 'POST', `${id}/test`)).body);
    expect(tested['status']).toBeNull();
    expect(receiver.requests).toEqual([]);
  });

  it('ends when a receiver sends more than is read', async () => {
    receiver.behave = () => (response) => {
      response.writeHead(200);
      const more = () => response.write('x'.repeat(10_000), (error) => error ?? setImmediate(more));
      more();
    };
    const { id, secret } = await makeWebhook(listed, { url, startAt: 'now' });
    receiver.secrets.push(secret);
    const tested = object((await send(listed, 'POST', `${id}/test`)).body);
    expect(tested).toMatchObject({ status: 200, answer: 'x'.repeat(200), problem: null });
  });
});
