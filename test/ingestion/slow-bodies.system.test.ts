// Whoever has a push token sends bodies slowly or in part: small pushes of the same source are kept meanwhile.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OTHER_PUSH_TOKEN, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { pushHead, pushText, RawClient } from '../security/raw-clients.js';

const MB = 1024 * 1024;
const LARGEST = 32 * MB;
/** Of the service: in each of these, a body has to go on. */
const PACE_MS = 5000;
const SLACK_MS = 10_000;

let ledger: TestLedger;
let clients: RawClient[];
let pushed: string[];

beforeEach(async () => {
  ledger = await startLedger();
  [clients, pushed] = [[], []];
});
afterEach(async () => {
  for (const client of clients) client.end();
  await ledger.stop();
});

async function openMany(count: number): Promise<RawClient[]> {
  const opened = await Promise.all(Array.from({ length: count }, () => RawClient.open(ledger.url)));
  clients.push(...opened);
  return opened;
}

/** On a connection of its own, as the vendor does. */
async function expectPush(token = PUSH_TOKEN): Promise<void> {
  const callId = `small-${pushed.length}`;
  const [client] = await openMany(1);
  client?.write(pushText([record(callId)]).replace(PUSH_TOKEN, token));
  await until('the acknowledgement', () => client?.status !== undefined || client?.isEnded === true);
  expect(client?.status).toBe(200);
  client?.end();
  pushed.push(callId);
}

async function expectPushesUntil(condition: () => boolean): Promise<void> {
  do for (const token of [PUSH_TOKEN, OTHER_PUSH_TOKEN]) await expectPush(token);
  while (!condition());
}

async function expectAllStored(): Promise<void> {
  const [row] = await ledger.database.query<{ calls: string }>(
    `SELECT count(*) AS calls FROM calls WHERE call_id LIKE 'small-%'`,
  );
  expect(Number(row?.calls)).toBe(pushed.length);
}

describe('Small pushes are all kept', () => {
  it('beside bodies of 32 MB of which a byte comes a second, which are given up', async () => {
    const slow = await openMany(100);
    for (const client of slow) {
      client.write(pushHead(LARGEST));
      client.trickle(' ', 1000);
    }
    const began = performance.now();
    await expectPushesUntil(() => slow.every(({ status }) => status !== undefined));
    const took = performance.now() - began;
    expect(took).toBeGreaterThan(PACE_MS - 500);
    expect(took).toBeLessThan(PACE_MS + SLACK_MS);
    expect(new Set(slow.map(({ status }) => status))).toEqual(new Set([408]));
    expect(slow[0]?.received).toMatch(
      /\r\n\r\n\{"code":408,"msg":"The body comes too slowly: less than 16384 bytes/,
    );
    await expectAllStored();
  });

  it('beside bodies that come nearly whole and then stop, which are given up', async () => {
    const stopping = await openMany(6);
    const most = Buffer.alloc(LARGEST - MB, ' ').toString();
    for (const client of stopping) client.write(pushHead(LARGEST) + most);
    await expectPushesUntil(() => stopping.every(({ status }) => status !== undefined));
    const statuses = stopping.map(({ status }) => status);
    // As many as have a share are waited for, the others make room.
    expect(new Set(statuses)).toEqual(new Set([408, 503]));
    await expectAllStored();
    const large = [record('large', { pad: 'x'.repeat(20 * MB) })];
    expect((await ledger.push(large)).status).toBe(200);
  });
});

describe('A body that comes slowly, but fast enough', () => {
  it('is taken', async () => {
    const [client] = await openMany(1);
    const body = JSON.stringify([record('steady', { pad: 'x'.repeat(85_000) })]);
    client?.write(pushHead(body.length));
    let sent = 0;
    const timer = setInterval(() => client?.write(body.slice(sent, (sent += 8000))), 1000);
    await until('the acknowledgement', () => client?.status !== undefined);
    clearInterval(timer);
    expect(client?.status).toBe(200);
    expect(client?.endedAfter ?? Infinity).toBeGreaterThan(2 * PACE_MS);
  });
});
