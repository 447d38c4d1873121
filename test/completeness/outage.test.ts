// An outage that outlasts the vendor's retries (16 minutes) loses calls. One command gets them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { simulate } from '../../simulator/simulation.js';
import type { VendorApiServer } from '../../simulator/vendor-api/vendor-api-server.js';
import { campaignOptions, simulatorOptions } from '../simulator/example-options.js';
import { SilentProgress } from '../simulator/silent-progress.js';
import { PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { Completeness, serveVendor, vendorOf, vendorSettings } from './checked-ledger.js';

const CAMPAIGN = campaignOptions({ calls: 1000, tasks: 3 });
const GOOD_PUSHES = 10;
/** A push and its three retries, which end after 16 minutes. */
const TRIES = 4;
/** The outage ends when so many pushes were given up. By the vendor's schedule, that is after some 20 minutes. */
const GIVEN_UP = 4;

/** A proxy before the ledger that is away for a while. */
class Proxy {
  /** How often each body was refused that has not come through. */
  private readonly refused = new Map<string, number>();
  private pushes = 0;
  private readonly server: Server;

  constructor(private readonly ledger: TestLedger) {
    this.server = createServer((request, response) => void this.take(request, response));
  }

  /** The bodies that the vendor has given up. */
  get lost(): string[] {
    return [...this.refused].filter(([, times]) => times >= TRIES).map(([body]) => body);
  }

  async listening(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const text = body.toString();
    this.pushes += 1;
    if (this.pushes > GOOD_PUSHES && this.lost.length < GIVEN_UP) {
      this.refused.set(text, (this.refused.get(text) ?? 0) + 1);
      response.writeHead(502).end();
      return;
    }
    const { status } = await this.ledger.request(request.url ?? '/', { method: 'POST', body: text });
    this.refused.delete(text);
    response.writeHead(status).end('{"code":0,"msg":"Success"}');
  }
}

let vendor: VendorApiServer;
let ledger: TestLedger;
let proxy: Proxy;

beforeAll(async () => {
  vendor = await serveVendor(CAMPAIGN);
  vendor.finish();
  ledger = await startLedger(vendorSettings(vendor.url));
  proxy = new Proxy(ledger);
});
afterAll(async () => {
  await proxy.close();
  await ledger.stop();
  await vendor.close();
});

it('A repair brings what an outage of 20 minutes has lost, apart from what the vendor does not list', async () => {
  const pace = { rate: null, concurrency: 4, maxRetries: 3, timeScale: 0.001 };
  const options = simulatorOptions(await proxy.listening(), CAMPAIGN, {
    ...{ token: PUSH_TOKEN, apiKey: null, verify: false, vendor: pace },
  });
  const { tally } = await simulate(options, new SilentProgress(), new AbortController().signal);
  const lost = proxy.lost.flatMap((body) => JSON.parse(body) as { callId: string; detailId: string }[]);
  expect(lost.length).toBeGreaterThan(0);
  expect(tally.callsSettled).toBe(CAMPAIGN.calls);

  const { factory } = vendorOf(CAMPAIGN);
  const lastCalls = new Map<string, string>();
  for (let call = 0; call < CAMPAIGN.calls; call += 1)
    lastCalls.set(factory.ids.detailId(factory.detailOf(call)), factory.callIdOf(call));
  const listed = lost.filter(({ callId, detailId }) => lastCalls.get(detailId) === callId);

  const completeness = Completeness.of(ledger);
  expect(await completeness.repair()).toMatchObject({ status: 'done', repaired: listed.length });
  const tasks = await completeness.tasks();
  const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0);
  // Earlier attempts of people who were called again are counted, but nobody can name them.
  expect(sum(tasks.map(({ missing }) => missing))).toBe(lost.length - listed.length);
  for (const { ledgerEntries, vendorEntries, verdict, missing, reason } of tasks) {
    expect(ledgerEntries).toBe(vendorEntries);
    expect(verdict).toBe(missing === 0 ? 'complete' : 'missing');
    if (missing > 0) expect(reason).toContain('earlier attempts');
  }
});
