// The ways of a person who asks why: from every number to its calls, in few clicks, and the first push of an empty ledger.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DateTime } from 'luxon';
import type { Locator } from 'playwright-core';
import { dataOf, object, string } from '../contract/helpers.js';
import { makeKey } from '../support/api-keys.js';
import { API_KEY, PUSH_TOKEN, startLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { installedBrowser, launch } from './browser.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const run = promisify(execFile);
const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

/** Counts what a person presses. */
class Clicks {
  n = 0;

  async on(what: Locator): Promise<void> {
    this.n += 1;
    await what.click();
  }
}

const numberIn = (text: string) => Number(text.replaceAll(/\D/g, ''));

/** How many calls the list has that the address in a link shows. */
async function callsAt(href: string): Promise<number> {
  const { searchParams } = new URL(href.replace(/^#\/calls/, 'http://calls/'));
  expect(href).toMatch(/^#\/calls/);
  const calls = dataOf(
    await stage.ledger.get(`/v1/calls?${searchParams.toString()}&limit=1000&fields=callId`),
  );
  // More would be on a second page.
  expect(calls.length).toBeLessThan(1000);
  return calls.length;
}

/** A campaign that everybody answered the day before yesterday, by the clocks of Shanghai, and nobody yesterday. */
async function pushFallen(): Promise<void> {
  const now = DateTime.now().setZone('Asia/Shanghai');
  for (const [days, answered] of [
    [2, true],
    [1, false],
  ] as const) {
    const at = now.minus({ days }).toFormat('yyyy-MM-dd 12:00:00');
    const smartStatusCode = answered ? 'ANSWERED' : 'NO_ANSWER';
    const times = { originateTime: at, startTime: answered ? at : null, endTime: null, smartStatusCode };
    await stage.ledger.push(
      Array.from({ length: 200 }, (_, call) =>
        record(`fallen-${days}-${call}`, { ...times, taskId: 'fallen' }),
      ),
    );
  }
}

/** Opens a view anew, and waits for a part of it: nothing that is found is of the view before. */
async function openAnew(hash: string, part: string): Promise<void> {
  await stage.visitor.open('/nowhere');
  await stage.visitor.sees('Page not found');
  await stage.visitor.open(hash);
  await stage.visitor.page.locator(part).first().waitFor();
  await stage.visitor.settled();
}

async function hrefs(links: Locator): Promise<[href: string, text: string][]> {
  return Promise.all(
    (await links.all()).map(
      async (link) => [string(await link.getAttribute('href')), await link.innerText()] as [string, string],
    ),
  );
}

inBrowser('From the numbers of the console', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 30);
  });
  afterAll(() => stage.leave());

  it('a fallen rate leads to its calls by three clicks', async () => {
    const { visitor, ledger } = stage;
    const { page } = visitor;
    await pushFallen();
    await visitor.open('/overview');
    const clicks = new Clicks();
    await clicks.on(page.locator('.popover summary'));
    await clicks.on(page.getByRole('button', { name: 'Yesterday' }));
    const changed = page.locator('.panel', { has: page.getByRole('heading', { name: 'What changed most' }) });
    const number = changed.locator('tbody tr').first().locator('td:nth-child(2) a');
    // That of which the rate fell is the first one.
    const first = changed.locator('tbody tr').first();
    await until('the campaign of which the rate fell', async () => {
      const text = (await first.count()) === 0 ? '' : await first.innerText();
      return text.startsWith('fallen');
    });
    await visitor.settled();
    const counted = numberIn(await number.innerText());
    await clicks.on(number);
    await visitor.sees(`${counted} calls`);
    expect(clicks.n).toBeLessThanOrEqual(3);
    const query = (await page.evaluate<string>('location.hash')).split('?')[1] ?? '';
    const { from, to, taskId } = Object.fromEntries(new URLSearchParams(query));
    // Yesterday, by the clocks of Shanghai.
    expect([from, to].map((at) => string(at).slice(11))).toEqual(['16:00:00.000Z', '16:00:00.000Z']);
    const [sum] = dataOf(
      await ledger.get(`/v1/stats/calls?from=${string(from)}&to=${string(to)}&taskId=${string(taskId)}`),
    );
    expect(sum?.['calls']).toBe(counted);
  });

  it.each(['/overview?span=7d', '/overview?span=lastWeek', '/overview?span=3h'])(
    'of %s each tile leads to exactly the calls that it counts',
    async (hash) => {
      const { visitor } = stage;
      await openAnew(hash, '.chart');
      const counted = visitor.page.locator('.tile').filter({
        has: visitor.page.getByRole('heading', { name: /^(Calls|Answered)$/ }),
      });
      await counted.locator('a').nth(1).waitFor();
      const found = await hrefs(counted.locator('a'));
      expect(found).toHaveLength(2);
      for (const [href, text] of found) expect([text, await callsAt(href)]).toEqual([text, numberIn(text)]);
      const [missed] = await hrefs(visitor.page.getByRole('link', { name: /not answered/ }));
      expect(await callsAt(missed?.[0] ?? '')).toBe(numberIn(missed?.[1] ?? ''));
    },
  );

  it.each(['taskId', 'batchId', 'realCaller', 'hangupDirection', 'smartStatusCode', 'majorIntent'])(
    'of what changed most by %s each number leads to exactly its calls, of both periods',
    async (by) => {
      const { visitor, ledger } = stage;
      await openAnew(`/overview?span=lastWeek&by=${by}`, '.panel:has-text("What changed most") tbody tr');
      const changed = visitor.page.locator('.panel', {
        has: visitor.page.getByRole('heading', { name: 'What changed most' }),
      });
      const rows = await changed.locator('tbody tr').all();
      const differences: number[] = [];
      for (const row of rows) {
        for (const column of [2, 3])
          for (const [href, text] of await hrefs(row.locator(`td:nth-child(${column}) a`)))
            expect([by, text, await callsAt(href)]).toEqual([by, text, numberIn(text)]);
        differences.push(Math.abs(Number.parseFloat(await row.locator('td').last().innerText())));
      }
      expect(await changed.locator('tbody td:nth-child(2) a').count()).toBeGreaterThan(
        // The sample has no notes: its calls without an intent are no filter.
        by === 'majorIntent' ? -1 : 0,
      );
      expect(differences).toEqual([...differences].sort((a, b) => b - a));
      if (by !== 'realCaller') return;
      const { key } = await makeKey(ledger, { scopes: ['calls:read', 'stats:read'] });
      const masked = await Visitor.at(stage.browser, ledger.url);
      await masked.signIn(key);
      await masked.open('/overview?span=lastWeek&by=realCaller');
      await masked.sees('What changed most', /\*\*\*\*/);
      expect(await masked.page.locator('.panel:has-text("What changed most") tbody td a').count()).toBe(0);
      await masked.open('/overview?span=90d&by=realCaller');
      await masked.sees('The numbers shown can be compared in ranges of at most 32 days.');
      await masked.leave();
    },
  );

  it('how long it took until the answer is shown of all calls, of a campaign, and of a call', async () => {
    const { visitor, sample, ledger } = stage;
    const { page } = visitor;
    const [sum] = dataOf(await ledger.get(`/v1/stats/calls?taskId=${sample.taskId}`));
    await openAnew('/overview?span=3h', '.tile');
    await visitor.sees('Avg. answer delay');
    await openAnew(`/tasks/${sample.taskId}`, '.tile');
    const tile = page.locator('.tile', { has: page.getByRole('heading', { name: 'Avg. answer delay' }) });
    expect(await tile.locator('.tile-value').innerText()).toContain(
      Number(sum?.['averageAnswerDelay']).toFixed(1),
    );
    const path = `/calls/${encodeURIComponent(sample.corrected)}`;
    const { originateTime, ringTime, startTime } = object((await ledger.get(`/v1${path}`)).body);
    await openAnew(path, '.headline');
    const headline = await page.locator('.headline').innerText();
    const clockOf = (from: unknown, to: unknown) => {
      const seconds = Math.round((Date.parse(string(to)) - Date.parse(string(from))) / 1000);
      return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    };
    expect(headline).toContain(`Answer delay ${clockOf(originateTime, startTime)}`);
    expect(headline).toContain(`Ring time ${clockOf(ringTime, startTime)}`);
  });

  it('of the tables beside charts, of campaigns, batches and hours each leads to its calls', async () => {
    const { visitor, sample } = stage;
    const { page } = visitor;
    await openAnew('/overview?span=7d', '.panel:has(.switch) .chart');
    await page.locator('.chart').last().locator('summary').click();
    const row = page.locator('.chart').last().locator('tbody tr').nth(3).locator('a');
    for (const [href, text] of await hrefs(row)) expect(await callsAt(href)).toBe(numberIn(text));
    await openAnew('/tasks?span=7d', 'tbody tr');
    for (const column of [4, 5]) {
      const links = await hrefs(page.locator(`tbody tr td:nth-child(${column}) a`));
      expect(links.length).toBeGreaterThan(1);
      for (const [href, text] of links) expect(await callsAt(href)).toBe(numberIn(text));
    }
    await openAnew(`/tasks/${sample.taskId}?span=7d`, '.heat');
    await page.locator('.shares').waitFor();
    const cells = page.locator('.heat td a');
    const [cell] = await hrefs(cells);
    const told = string(await cells.first().getAttribute('aria-label'));
    expect(told).toMatch(new RegExp(` of ${await callsAt(cell?.[0] ?? '')} answered$`));
    const shares = page.locator('.shares li');
    const [share] = await hrefs(shares.locator('a'));
    const value = await shares.first().locator('.share-value').innerText();
    expect(await callsAt(share?.[0] ?? '')).toBe(numberIn(value.split(' ')[0] ?? ''));
  });

  it('of a bar, and over a range that is dragged, the chart leads on', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    await openAnew('/overview?span=30d', '.panel:has(.switch) .chart');
    const plot = page.locator('.u-over').first();
    const { x = 0, y = 0, width = 0, height = 0 } = (await plot.boundingBox()) ?? {};
    await page.mouse.move(x + width * 0.5, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.7, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await visitor.holds(`/^#\\/overview\\?from=.*&to=/.test(location.hash)`);
    await visitor.settled();
    await plot.click({ position: { x: width / 2, y: height - 3 } });
    await visitor.holds(`location.hash.startsWith('#/calls?')`);
    await page.goBack();
    await visitor.holds(`location.hash.startsWith('#/overview?from=')`);
  });

  it('the range goes along through all views, and the way back leads to the list that one came from', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    const at = (start: string, ...parts: string[]) =>
      visitor.holds(
        `location.hash.startsWith('#/${start}') && ${parts.map((part) => `location.hash.includes('${part}')`).join(' && ')}`,
      );
    await openAnew('/overview?span=lastWeek', '.tile');
    await page.getByRole('link', { name: 'Campaigns' }).click();
    await at('tasks', 'span=lastWeek');
    await page.locator('tbody a').first().click();
    await at('tasks/', 'span=lastWeek');
    await page.getByRole('link', { name: 'Its calls' }).click();
    await at('calls', 'span=lastWeek', 'taskId=');
    const list = await page.evaluate<string>('location.hash');
    await visitor.settled();
    await page.locator('tbody tr').nth(1).locator('a').first().click();
    await visitor.sees('2 of ');
    const second = await page.evaluate<string>('location.hash');
    await page.getByRole('link', { name: 'Next call in the list' }).click();
    await visitor.sees('3 of ');
    await page.getByRole('link', { name: 'Previous call in the list' }).click();
    await visitor.holds(`location.hash === ${JSON.stringify(second)}`);
    await page.locator('.crumb').click();
    await visitor.holds(`location.hash === ${JSON.stringify(list)}`);
    await page.getByRole('link', { name: 'Overview' }).click();
    await at('overview', 'span=lastWeek', 'taskId=');
    await visitor.sees('Campaign:');
  });
});

inBrowser('An empty ledger', () => {
  it('says how the first push comes, and is the overview by itself when it has come', async () => {
    const ledger = await startLedger();
    const browser = await launch(executable ?? '');
    try {
      const visitor = await Visitor.at(browser, ledger.url);
      await visitor.signIn(API_KEY);
      await visitor.sees('Waiting for the first push', `${ledger.url}/push/YOUR_PUSH_TOKEN/call-reports`);
      await visitor.sees(/^npm run simulate -- .*--url /);
      expect(await visitor.violations()).toEqual([]);
      await visitor.page
        .getByRole('button', { name: /^Copy: / })
        .nth(2)
        .waitFor();
      const shown = await visitor.page.locator('pre', { hasText: 'curl' }).innerText();
      // The line as it is copied, with the token of this ledger.
      const curl = shown.split('\n').filter((line) => !line.startsWith('TOKEN='));
      const { stdout } = await run('bash', ['-c', `TOKEN=${PUSH_TOKEN}\n${curl.join('\n')}`]);
      expect(JSON.parse(stdout)).toMatchObject({ code: 0 });
      await visitor.page.locator('.tile-value', { hasText: /^1$/ }).first().waitFor();
      await visitor.sees('What changed most');
      await until('the call', async () => dataOf(await ledger.get('/v1/calls')).length === 1);
      await visitor.leave();
    } finally {
      await browser.close();
      await ledger.stop();
    }
  });
});
