// The tasks of a person, by how many clicks they take; the console at 200 % zoom; what Chinese pages say of refusals. From a
// fallen rate to its calls, and the first push: ways.test.ts. From an outId to its call: anywhere.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locator } from 'playwright-core';
import { dataOf, string } from '../contract/helpers.js';
import { makeKey, withKey } from '../support/api-keys.js';
import { API_KEY } from '../support/ledger.js';
import { record } from '../support/records.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

/** Presses what it is given one after the other. @returns how many */
async function press(...what: readonly Locator[]): Promise<number> {
  for (const each of what) await each.click();
  return what.length;
}

const views = () => [
  ...['/overview?span=30d&compare=1&by=realCaller', '/tasks', `/tasks/${stage.sample.taskId}`],
  ...['/calls', `/calls/${encodeURIComponent(stage.sample.corrected)}`, '/deliveries', '/quarantine'],
  ...['/drift', '/completeness', '/followers', '/keys', '/audit', '/erasures'],
];

inBrowser('A person', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 20);
  });
  afterAll(() => stage.leave());

  it('replays a bad push by four clicks', async () => {
    const { ledger, visitor } = stage;
    const { page } = visitor;
    const pushed = await ledger.push([7]);
    const filter = `deliveryId=${pushed.headers.get('x-delivery-id') ?? ''}`;
    const [entry] = dataOf(await ledger.get(`/v1/quarantine?${filter}`));
    // As when a rule has changed since.
    await ledger.database.query('UPDATE quarantine SET raw = $2 WHERE id = $1', [
      entry?.['id'],
      Buffer.from(JSON.stringify(record('bad-push'))),
    ]);
    await visitor.open('/overview');
    let clicks = await press(page.getByRole('link', { name: 'Quarantine' }).first());
    await visitor.holds(`location.hash.startsWith('#/quarantine')`);
    await visitor.settled();
    clicks += await press(
      page.locator(`a[href="#/quarantine/${string(entry?.['id'])}"]`),
      page.getByRole('button', { name: 'Replay this entry' }),
      page.getByRole('dialog').getByRole('button', { name: 'Replay 1 entries' }),
    );
    expect(clicks).toBeLessThanOrEqual(4);
    await page.getByRole('dialog').getByText('Done:').waitFor();
    await page.keyboard.press('Escape');
    await visitor.sees('Replayed');
    expect((await ledger.get('/v1/calls/bad-push')).status).toBe(200);
  });

  it('makes a key and asks the first question with it by five clicks', async () => {
    const { ledger, visitor } = stage;
    const { page } = visitor;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await visitor.open('/overview');
    const dialog = page.getByRole('dialog');
    let clicks = await press(
      page.getByRole('link', { name: 'API keys' }),
      page.getByRole('button', { name: 'New key' }),
    );
    await page.getByRole('textbox', { name: 'Name' }).fill('First question');
    clicks += await press(
      dialog.getByRole('checkbox', { name: 'stats:read' }),
      dialog.getByRole('button', { name: 'New key' }),
      dialog.getByRole('button', { name: 'Copy the key' }),
    );
    expect(clicks).toBeLessThanOrEqual(5);
    await dialog.getByText('Copied').first().waitFor();
    const key = string(await page.evaluate('navigator.clipboard.readText()'));
    expect((await withKey(ledger, key, '/v1/stats/calls')).status).toBe(200);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  it('at 200 % zoom scrolls nowhere to the side, and sees all, with a browser of another zone', async () => {
    const { ledger, browser } = stage;
    // A desktop of 1280 × 800 pixels has half as many at this zoom, each twice as large.
    const options = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };
    const zoomed = await Visitor.at(browser, ledger.url, { ...options, timezoneId: 'America/New_York' });
    await zoomed.signIn(API_KEY);
    const cut = `[...document.querySelectorAll('main :is(h1, h2, p, dd, dt, button, a, label, .tile-value)')]
      .filter((element) => element.closest('.table-frame, svg, [hidden], .hidden, .u-wrap') === null)
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((element) => element.closest('details:not([open])') === null || element.closest('summary') !== null)
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 1 && (left < -1 || right > innerWidth + 1);
      })
      .map((element) => element.outerHTML.slice(0, 120))`;
    for (const hash of views()) {
      await zoomed.open(hash);
      const width = await zoomed.page.evaluate('document.documentElement.scrollWidth');
      expect([hash, width, await zoomed.page.evaluate(cut)]).toEqual([hash, 640, []]);
    }
    await zoomed.leave();
  });

  it('sees the names of campaigns in the list of what is complete', async () => {
    const { ledger, visitor, sample } = stage;
    const { page } = visitor;
    await ledger.request(`/v1/tasks/${sample.taskId}/label`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${API_KEY}` },
      body: JSON.stringify({ name: 'Spring sale' }),
    });
    await ledger.database.query(
      `INSERT INTO completeness_tasks (task_id, source, verdict, reason, checked_at, vendor_calls, ledger_calls, missing)
       VALUES ($1, 'vendor', 'complete', '', now(), 10, 10, 0)`,
      [sample.taskId],
    );
    await visitor.open('/completeness');
    await page.locator('tbody').getByRole('link', { name: 'Spring sale' }).waitFor();
    expect(await page.locator('tbody').innerText()).toContain(sample.taskId.slice(-4));
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('link', { name: 'Spring sale' }).click();
    await page.getByRole('heading', { name: 'Spring sale' }).waitFor();
    // Without the right to see sums, the id stands alone.
    const { key } = await makeKey(ledger, { scopes: ['stats:read'] });
    expect((await withKey(ledger, key, '/v1/completeness')).status).toBe(200);
  });

  it('reads in Chinese what is refused', async () => {
    const { ledger, browser } = stage;
    const chinese = await Visitor.at(browser, ledger.url, { locale: 'zh-CN' });
    await chinese.signIn(API_KEY);
    await chinese.open('/calls?minDuration=-1');
    await chinese.sees('请求中有 1 个参数无效', /须为 0 到 \d+ 的整数/);
    await chinese.open('/tasks/unheard-of');
    await chinese.sees('没有此 taskId 的任务');
    await chinese.leave();
  });
});
