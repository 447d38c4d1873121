// The console before several processes, which ask a read replica, behind one address.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
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
let browser: Browser;
let visitor: Visitor;
let calls = 0;

async function push(records: readonly unknown[]): Promise<void> {
  const path = `/push/${PUSH_TOKEN}/call-reports`;
  const answer = await fetch(`${haproxy.url}${path}`, { method: 'POST', body: JSON.stringify(records) });
  expect(answer.status).toBe(200);
}

async function pushCall(): Promise<void> {
  const now = new Date().toISOString();
  calls += 1;
  await push([record(`behind-${calls}`, { originateTime: now, startTime: now, endTime: null })]);
}

const shown = () => visitor.page.locator('.tile-value').filter({ hasText: new RegExp(`^${calls}$`) });
const seen = () => shown().first().waitFor();

behindHaproxy('The console, several processes and a replica behind one address,', () => {
  beforeAll(async () => {
    pair = await Pair.start();
    const others = [await pair.another(), await pair.another()];
    const [first = 0, second = 0, third = 0] = [pair.service, ...others].map(({ url }) =>
      Number(new URL(url).port),
    );
    haproxy = await Haproxy.before([first, second, third], program ?? '', '200ms');
    await until('haproxy to know its services', async () => (await fetch(`${haproxy.url}/console`)).ok);
    browser = await launch(executable ?? '');
    visitor = await Visitor.at(browser, haproxy.url);
    await visitor.signIn(API_KEY);
  }, 60_000);
  afterAll(async () => {
    try {
      await visitor.leave();
    } finally {
      await browser.close();
      await haproxy.remove();
      await pair.stop();
    }
  });

  it('shows what comes in, whichever of them has taken it', async () => {
    await pushCall();
    await visitor.open('/overview?span=1h');
    for (let step = 0; step < 4; step += 1) {
      await seen();
      await pushCall();
    }
    await seen();
  });

  it('shows what came while the replica was behind, as soon as the replica has it', async () => {
    await pair.standby.pauseReplay();
    await pushCall();
    await until('the lag to be told', async () => ((await pair.metric('lag_seconds')) ?? 0) > 1);
    expect(await shown().count()).toBe(0);
    await pair.standby.resumeReplay();
    await seen();
  });

  it('shows at once what somebody has done: a key that was made and revoked, an entry that was discarded', async () => {
    const { page } = visitor;
    await visitor.open('/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill('Behind');
    await page.getByRole('checkbox', { name: 'stats:read' }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'New key' }).click();
    await page.locator('.secret').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await visitor.sees('Behind', 'Valid');
    await page.getByRole('button', { name: 'Revoke Behind' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await visitor.sees('Revoked');

    await pair.standby.pauseReplay();
    await push([{ stray: true }]);
    await visitor.open('/quarantine');
    await page.locator('tbody a').first().click();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Discard the entry' }).click();
    await visitor.sees('Discarded');
    await pair.standby.resumeReplay();
  });

  it('goes on when one of them ends', async () => {
    await visitor.open('/overview?span=1h');
    await seen();
    await pair.service.end();
    await pushCall();
    await seen();
    for (const view of ['/calls', '/deliveries', '/tasks']) {
      await visitor.open(view);
      expect(await visitor.page.locator('.note-bad').count()).toBe(0);
    }
  });
});
