// The console before several processes, which ask a read replica, behind one address.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Instance } from '../query/changes/instances.js';
import { Pair } from '../replica/pair.js';
import { Haproxy } from '../support/haproxy.js';
import { API_KEY, PUSH_TOKEN } from '../support/ledger.js';
import { programOrSkip } from '../support/programs.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { installedBrowser, launch } from './browser.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const program = executable === undefined ? undefined : programOrSkip('haproxy');
const behindHaproxy = executable === undefined || program === undefined ? describe.skip : describe;

let pair: Pair;
let haproxy: Haproxy;
let visitor: Visitor;
let calls = 0;
/** What was started, the newest last. */
const started: (() => Promise<unknown>)[] = [];

function push(url: string, records: readonly unknown[]): Promise<Response> {
  const path = `/push/${PUSH_TOKEN}/call-reports`;
  return fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(records) });
}

async function pushCall(url: string): Promise<void> {
  const now = new Date().toISOString();
  calls += 1;
  const call = record(`behind-${calls}`, { originateTime: now, startTime: now, endTime: null });
  expect((await push(url, [call])).status).toBe(200);
}

const shown = (count: number) =>
  visitor.page.locator('.tile-value').filter({ hasText: new RegExp(`^${count}$`) });
const seen = () => shown(calls).first().waitFor();

behindHaproxy('The console, several processes and a replica behind one address,', () => {
  let services: readonly Instance[];
  beforeAll(async () => {
    pair = await Pair.start();
    started.push(() => pair.stop());
    services = [pair.service, await pair.another(), await pair.another()];
    const [first = 0, second = 0, third = 0] = services.map(({ url }) => Number(new URL(url).port));
    haproxy = await Haproxy.before([first, second, third], program ?? '', '200ms');
    started.push(() => haproxy.remove());
    await until('haproxy to know its services', async () => (await fetch(`${haproxy.url}/console`)).ok);
    const browser = await launch(executable ?? '');
    started.push(() => browser.close());
    visitor = await Visitor.at(browser, haproxy.url);
    started.push(() => visitor.leave());
    await visitor.signIn(API_KEY);
  });
  afterEach(() => pair.catchUp());
  afterAll(async () => {
    const ends: PromiseSettledResult<unknown>[] = [];
    for (const end of started.toReversed()) ends.push(...(await Promise.allSettled([end()])));
    expect(ends.filter(({ status }) => status === 'rejected')).toEqual([]);
  });

  it('shows what comes in, whichever of them has taken it', async () => {
    await pushCall(haproxy.url);
    await visitor.open('/overview?span=1h');
    for (const { url } of services) {
      await seen();
      await pushCall(url);
    }
    await seen();
  });

  it('shows what came while the replica was behind, as soon as the replica has it', async () => {
    await pair.standby.pauseReplay();
    await pushCall(haproxy.url);
    await visitor.open('/nowhere');
    await visitor.open('/overview?span=1h');
    await shown(calls - 1)
      .first()
      .waitFor();
    expect(await shown(calls).count()).toBe(0);
    await pair.standby.resumeReplay();
    await seen();
  });

  it('shows at once what somebody has done: a key that was made and revoked, an entry that was discarded', async () => {
    const { page } = visitor;
    await visitor.open('/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Behind');
    await page.getByRole('checkbox', { name: 'stats:read' }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'New key' }).click();
    await page.locator('.secret').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await visitor.sees('Behind', 'Valid');
    await page.getByRole('button', { name: 'Revoke Behind' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await visitor.sees('Revoked');

    await pair.standby.pauseReplay();
    expect((await push(haproxy.url, [{ stray: true }])).status).toBe(200);
    await visitor.open('/quarantine');
    await page.getByRole('region', { name: 'Quarantine' }).locator('tbody a').first().click();
    // The list has a button to discard, too.
    await visitor.holds(`location.hash.startsWith('#/quarantine/')`);
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await page.getByRole('button', { name: 'Discard the entry' }).click();
    await visitor.sees('Discarded');
  });

  it('goes on when one of them ends', async () => {
    await visitor.open('/overview?span=1h');
    await seen();
    await pair.service.end();
    await pushCall(haproxy.url);
    await seen();
    for (const view of ['/calls', '/deliveries', '/quarantine', '/keys']) {
      await visitor.open(view);
      await visitor.page.locator('tbody tr').first().waitFor();
      expect(await visitor.page.locator('[role="alert"]').count()).toBe(0);
    }
  });
});
