// The console while pushes come in, in a real browser: what is seen, when it is asked for, what stays as it was.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { installedBrowser, launch } from './browser.js';
import { Visitor } from './visitor.js';

/** Longer than the console pauses between two refreshes. */
const SLOW_MS = 4000;
const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let ledger: TestLedger;
let browser: Browser;
let visitor: Visitor;
let calls = 0;

async function push(): Promise<void> {
  const now = new Date().toISOString();
  calls += 1;
  await ledger.push([record(`live-${calls}`, { originateTime: now, startTime: now, endTime: null })]);
}

const shown = () => visitor.page.locator('.tile-value').filter({ hasText: new RegExp(`^${calls}$`) });
const seen = () => shown().first().waitFor();

inBrowser('The console, while calls come in,', () => {
  beforeAll(async () => {
    ledger = await startLedger();
    browser = await launch(executable ?? '');
    visitor = await Visitor.at(browser, ledger.url);
    await visitor.signIn(API_KEY);
  });
  beforeEach(async () => {
    await visitor.open('/nowhere');
    await push();
    await visitor.open('/overview?span=1h');
    await seen();
  });
  afterAll(async () => {
    try {
      await visitor.leave();
    } finally {
      await browser.close();
      await ledger.stop();
    }
  });

  it('shows the last call of a burst soon', async () => {
    for (let step = 0; step < 3; step += 1) {
      await push();
      await seen();
    }
  });

  it('shows answers that take longer than the time between two pushes', async () => {
    const slow = '**/v1/stats/calls?*';
    await visitor.open('/nowhere');
    await visitor.page.route(slow, async (route) => {
      const before = Date.now();
      const answer = await route.fetch();
      // What holds the answer back is that pushes have come for a while.
      while (Date.now() - before < SLOW_MS) await push();
      await route.fulfill({ response: answer }).catch(() => undefined);
    });
    const begun = calls;
    try {
      await visitor.page.goto(`${ledger.url}/console#/overview?span=1h`);
      await visitor.page.locator('.chart-canvas canvas').first().waitFor();
      expect(calls).toBeGreaterThan(begun + 10);
    } finally {
      await visitor.page.unrouteAll({ behavior: 'ignoreErrors' });
    }
  });

  it('keeps the chart, and what the pointer is at', async () => {
    const chart = visitor.page.locator('.chart').first();
    const drawn = chart.locator('.uplot');
    await drawn.evaluate(`document.querySelector('.uplot').dataset.kept = 'yes'`);
    await drawn.locator('.u-over').hover();
    const time = chart.locator('.chart-time');
    await until('the time at the pointer', async () => /^\d{4}-/.test(await time.innerText()));
    await push();
    await seen();
    expect(await drawn.getAttribute('data-kept')).toBe('yes');
    expect(await time.innerText()).toMatch(/^\d{4}-/);
    expect(await chart.locator('.chart-value').first().innerText()).toMatch(/\d$/);
  });

  it('asks for nothing while nobody sees it, and for everything when somebody does', async () => {
    const asked: string[] = [];
    const turn = (state: string) =>
      visitor.page.evaluate(
        `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
         document.dispatchEvent(new Event('visibilitychange'))`,
      );
    // The long question, after the pause.
    await visitor.page.waitForRequest((request) => request.url().includes('wait=30'));
    const ended = visitor.page.waitForEvent('requestfailed');
    await turn('hidden');
    expect((await ended).url()).toContain('/v1/changes');
    visitor.page.on('request', (request) => asked.push(request.url()));
    await push();
    await push();
    expect(asked).toEqual([]);
    await turn('visible');
    await seen();
    expect(asked[0]).toContain('/v1/changes?after=now');
  });

  it('does not follow what is over', async () => {
    const day = 86_400_000;
    const [from, to] = [-2, -1].map((days) => new Date(Date.now() + days * day).toISOString());
    await visitor.open(`/overview?from=${from ?? ''}&to=${to ?? ''}`);
    // Once, it asks where there are calls.
    await visitor.page.getByRole('button', { name: /^Show the newest/ }).waitFor();
    const asked: string[] = [];
    visitor.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await push();
    // How the service does is of now, whatever the range is.
    await until('the status is asked for', () => Promise.resolve(asked.includes('/v1/status')));
    await visitor.settled();
    expect(asked).not.toContain('/v1/stats/calls');
  });

  it.each([
    ['/calls?from=yesterday', ['yesterday – now', 'Invalid request']],
    ['/overview?from=yesterday', ['yesterday – now', 'The time in the address cannot be read: yesterday']],
    ['/overview?span=toString', ['Last 24 hours', 'Calls over time']],
    ['/overview?to=2025-06-01', ['… – 2025-06-01 00:00', /needs a start time/]],
    ['/overview?from=2025-06-02&to=2025-06-01', ['2025-06-02 00:00 – 2025-06-01 00:00', /must be after/]],
    ['/overview?from=2025-06-02&compare=1', ['2025-06-02 00:00 – now', 'Calls over time']],
    ['/deliveries?from=0000-99-99', ['0000-99-99 – now']],
  ])('says what is wrong with %s', async (hash, texts) => {
    await visitor.open(hash);
    await visitor.sees(...texts);
  });

  it('means the same time in another zone', async () => {
    const range = 'from=2025-06-01T01%3A00%3A00.000Z&to=2025-06-01T02%3A00%3A00.000Z';
    await visitor.open(`/overview?${range}`);
    await visitor.page.locator('.popover summary').click();
    const from = visitor.page.getByLabel('From', { exact: true });
    expect(await from.inputValue()).toBe('2025-06-01T09:00');
    await visitor.page.getByLabel('Time zone').fill('Europe/Berlin');
    expect(await from.inputValue()).toBe('2025-06-01T03:00');
    // Chicago to browsers; nobody knows what is meant by it, and the service refuses it.
    await visitor.page.getByLabel('Time zone').fill('CST');
    expect(await visitor.page.getByLabel('Time zone').getAttribute('aria-invalid')).toBe('true');
    expect(await from.inputValue()).toBe('2025-06-01T03:00');
    await visitor.page.getByRole('button', { name: 'Apply' }).click();
    expect(await visitor.page.evaluate('location.hash')).toBe(`#/overview?${range}`);
  });
});
