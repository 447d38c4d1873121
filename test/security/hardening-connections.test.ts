// Clients that are slow, silent or too loud: each is ended in time, and meanwhile pushes are answered.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONNECTION_LIMITS, type ConnectionLimits } from '../../src/http/connections/limited-http-adapter.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { pushHead, pushText, RawClient } from './raw-clients.js';

/** The service's own would make the tests wait for minutes. */
const LIMITS: ConnectionLimits = {
  ...CONNECTION_LIMITS,
  headersTimeout: 1500,
  requestTimeout: 60_000,
  checkEvery: 50,
  keepAlive: 6000,
  linger: 300,
  connections: 60,
};
const BODY_MS = 3000;
/** How long a machine that is busy with other things may be late. */
const SLACK_MS = 5000;

let ledger: TestLedger;
/** That does not wait for bodies. */
let hasty: TestLedger;
/** That waits for everything. */
let patient: TestLedger;
let clients: RawClient[] = [];
let pushes = 0;

beforeAll(async () => {
  ledger = await startLedger({}, undefined, LIMITS);
  hasty = await startLedger({}, undefined, { ...LIMITS, requestTimeout: BODY_MS });
  patient = await startLedger({}, undefined, { ...LIMITS, headersTimeout: 60_000, keepAlive: 60_000 });
});
afterAll(async () => {
  for (const each of [ledger, hasty, patient]) await each.stop();
});
afterEach(() => {
  for (const client of clients) client.end();
  clients = [];
});

async function open({ url } = ledger): Promise<RawClient> {
  const client = await RawClient.open(url);
  clients.push(client);
  return client;
}

function openMany(count: number, at = ledger): Promise<RawClient[]> {
  return Promise.all(Array.from({ length: count }, () => open(at)));
}

/** On a new connection, as the vendor does. */
async function expectPush(at = ledger): Promise<void> {
  pushes += 1;
  const client = await open(at);
  client.write(pushText([record(`push-${pushes}`)]));
  await until('the acknowledgement', () => client.status !== undefined || client.isEnded);
  expect(client.status).toBe(200);
  client.end();
}

/** Pushes until all clients are ended; each push must be answered. */
async function expectPushesUntilEnded(ended: readonly RawClient[], at = ledger): Promise<void> {
  do await expectPush(at);
  while (ended.some(({ isEnded }) => !isEnded));
}

describe('Slow headers', () => {
  it('are waited for so long and no longer, however often a byte comes', async () => {
    const slow = await openMany(30);
    for (const client of slow) {
      client.write('GET /health/live HTTP/1.1\r\nHost: ledger\r\n');
      client.trickle('X-A: b\r\n', 20);
    }
    await expectPushesUntilEnded(slow);
    for (const { endedAfter = Infinity, status } of slow) {
      expect(endedAfter).toBeGreaterThanOrEqual(LIMITS.headersTimeout - 50);
      expect(endedAfter).toBeLessThan(LIMITS.headersTimeout + SLACK_MS);
      expect(status).toBe(408);
    }
  });

  it('that never begin are not waited for either', async () => {
    const silent = await openMany(30);
    await expectPushesUntilEnded(silent);
    for (const { endedAfter = Infinity } of silent)
      expect(endedAfter).toBeLessThan(LIMITS.headersTimeout + SLACK_MS);
  });
});

describe('A slow body', () => {
  it('of a push is taken while it comes in time', async () => {
    const client = await open();
    const body = JSON.stringify([record('slow', { pad: 'x'.repeat(100) })]);
    client.write(pushHead(body.length));
    let sent = 0;
    const timer = setInterval(() => {
      client.write(body.slice(sent, (sent += 20)));
    }, 15);
    await until('the acknowledgement', () => client.status !== undefined || client.isEnded);
    clearInterval(timer);
    expect(client.status).toBe(200);
    expect((await ledger.get('/v1/calls/slow')).status).toBe(200);
  });

  it('is given up after its time, while other pushes are answered', async () => {
    const slow = await openMany(20, hasty);
    for (const client of slow) {
      client.write(pushHead(1000));
      client.trickle(' ', 20);
    }
    await expectPushesUntilEnded(slow, hasty);
    for (const { endedAfter = Infinity, status } of slow) {
      expect(endedAfter).toBeGreaterThanOrEqual(BODY_MS - 50);
      expect(endedAfter).toBeLessThan(BODY_MS + SLACK_MS);
      expect(status).toBe(408);
    }
  });

  it('of whoever has no token is refused at once, and not waited for', async () => {
    const slow = await openMany(20);
    for (const client of slow) {
      client.write(pushHead(1000, 'wrong'));
      client.trickle(' ', 20);
    }
    await expectPushesUntilEnded(slow);
    for (const { endedAfter = Infinity, status } of slow) {
      expect(status).toBe(401);
      expect(endedAfter).toBeGreaterThanOrEqual(LIMITS.linger - 50);
      // A push might take a minute.
      expect(endedAfter).toBeLessThan(LIMITS.linger + SLACK_MS);
    }
  });

  it('that is too large is refused, and the rest of it dropped, so that the client reads why', async () => {
    const client = await open();
    client.write(pushHead(33 * 1024 * 1024));
    for (let part = 0; part < 33; part += 1) client.write(' '.repeat(1024 * 1024));
    await until('the refusal', () => client.status !== undefined || client.isEnded);
    expect(client.status).toBe(413);
    expect(client.received).toMatch(/larger than 33554432 bytes/);
  });
});

describe('Idle connections', () => {
  it('beyond the bound make room, those first that are silent the longest: nobody is refused', async () => {
    const idle = await open(patient);
    idle.write(pushText([record('idle')]));
    await until('the acknowledgement', () => idle.status === 200);
    const busy = await open(patient);
    busy.write(pushHead(1000));
    const silent: RawClient[] = [];
    for (let count = 0; count < LIMITS.connections * 3; count += 1) silent.push(await open(patient));
    const left = () => silent.filter(({ isEnded }) => !isEnded);
    await until('room', () => left().length < LIMITS.connections);
    const last = await open(patient);
    last.write(pushText([record('last')]));
    await until('the acknowledgement', () => last.status === 200);
    expect([idle.isEnded, busy.isEnded]).toEqual([true, false]);
    expect(left()).toEqual(silent.slice(-left().length));
    expect(left().length).toBeGreaterThanOrEqual(LIMITS.connections - 3);
  });

  it('are not the only ones that make room: where all send bodies slowly, some of these do', async () => {
    const slow: RawClient[] = [];
    for (let count = 0; count < LIMITS.connections * 2; count += 1) {
      const client = await open(patient);
      client.write(pushHead(1000));
      slow.push(client);
    }
    const left = () => slow.filter(({ isEnded }) => !isEnded);
    await until('room', () => left().length <= LIMITS.connections);
    await expectPush(patient);
  });

  it('are kept for the next request longer than its headers may take', async () => {
    const client = await open();
    client.write(pushText([record('first')]));
    await until('the acknowledgement', () => client.status === 200);
    const answered = performance.now();
    await until('a time', () => performance.now() - answered > LIMITS.headersTimeout + 200);
    expect(client.isEnded).toBe(false);
    client.write(pushText([record('second')]));
    await until('the second', () => client.received.split('HTTP/1.1 200').length === 3);
    await until('the end', () => client.isEnded);
    expect(client.endedAfter).toBeGreaterThan(LIMITS.keepAlive);
  });
});

describe('Too much', () => {
  it.each([
    ['of a header', `GET /health/live HTTP/1.1\r\nHost: ledger\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['of headers', `GET /health/live HTTP/1.1\r\nHost: ledger\r\n${'X-A: b\r\n'.repeat(6000)}\r\n`],
    ['of a URL', `GET /health/live?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: ledger\r\n\r\n`],
    ['of a URL that never ends', `GET /${'x'.repeat(1_000_000)}`],
  ])('%s is refused, and the connection ended', async (_what, text) => {
    const client = await open();
    client.write(text);
    await until('the end', () => client.isEnded);
    expect(client.status).toBe(431);
    await expectPush();
  });

  it('is not a URL of 12 kB: as many ids as may be asked for at once fit into it', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `${'1000'.repeat(29)}${index}`);
    expect((await ledger.get(`/v1/calls?callId=${ids.join(',')}`)).status).toBe(200);
  });

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n'],
    ['two lengths', 'POST /push HTTP/1.1\r\nHost: l\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    [
      'a length and chunks',
      'POST /push HTTP/1.1\r\nHost: l\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('is %s, which is refused without a word of what is here', async (_what, text) => {
    const client = await open();
    client.write(text);
    await until('the end', () => client.isEnded);
    expect(client.received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(client.received).not.toMatch(/x-powered-by|server:|node|express/i);
    await expectPush();
  });
});
