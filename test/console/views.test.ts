// The console's views in a real browser: each shows what a person looks for, and to who does not see it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY } from '../support/ledger.js';
import { dataOf } from '../contract/helpers.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const FIRST_PAINT = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime`;
const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

inBrowser('The views of the console', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 120);
  });
  afterAll(() => stage.leave());

  const views = (): [name: string, hash: string, texts: (string | RegExp)[]][] => [
    [
      'overview',
      '/overview?span=30d&compare=1',
      ['Last push', 'Answer rate', 'Results', /of \d+ pushes within 700 ms/],
    ],
    ['overview of minutes', '/overview?span=5m', ['Calls over time']],
    ['campaigns', '/tasks', [stage.sample.taskId, 'Calls in 28 days']],
    [
      'one campaign',
      `/tasks/${stage.sample.taskId}`,
      ['Batches compared', 'When do people pick up?', 'Connected'],
    ],
    ['completeness', '/completeness', ['No campaign has been checked', 'Check all', 'Repair']],
    ['calls', '/calls', ['50 shown']],
    [
      'calls with filters',
      '/calls?answered=false&minDuration=99999',
      ['No calls', 'Talk time at least (s):'],
    ],
    [
      'one call',
      `/calls/${encodeURIComponent(stage.sample.corrected)}`,
      ['Timeline', 'Revision 2', 'Original payload', 'Show payload'],
    ],
    ['redials', `/details/${stage.sample.redialled}`, ['Dial 1', 'Dial 2', / later$/]],
    ['deliveries', '/deliveries', ['Direct', 'Commit time']],
    ['one delivery', `/deliveries/${stage.sample.delivery}`, ['Result', 'SHA-256', 'Show payload']],
    ['quarantine', '/quarantine', ['The callId is missing', 'Open']],
    ['schema drift', '/drift', ['Unknown field']],
    ['keys', '/keys', ['No keys yet']],
    ['audit', '/audit', ['numbers.read', 'ADMIN_API_KEY']],
    ['erasures', '/erasures', ['No erasures']],
    ['nothing', '/nowhere', ['Page not found']],
  ];

  it.each(['light', 'dark'] as const)(
    'show in %s what a person looks for, without a fault that axe finds',
    async (colorScheme) => {
      const { visitor } = stage;
      const faults: string[] = [];
      await visitor.page.emulateMedia({ colorScheme });
      for (const [name, hash, texts] of views()) {
        await visitor.open(hash);
        await visitor.sees(...texts);
        for (const fault of await visitor.violations()) faults.push(`${name}, ${colorScheme}: ${fault}`);
      }
      expect(faults).toEqual([]);
    },
  );

  it('fits a phone: nothing is wider than the screen, and the navigation opens', async () => {
    const { ledger, browser } = stage;
    const phone = await Visitor.at(browser, ledger.url, { viewport: { width: 390, height: 844 } });
    await phone.signIn(API_KEY);
    for (const [name, hash] of views()) {
      await phone.open(hash);
      const width = await phone.page.evaluate('document.documentElement.scrollWidth');
      expect([name, width]).toEqual([name, 390]);
    }
    // The narrowest that WCAG asks for: what came of each call can be read whole.
    await phone.page.setViewportSize({ width: 320, height: 640 });
    await phone.open('/calls');
    // Until the labels of the codes are there, the codes themselves stand in their place.
    await phone.sees('No answer');
    const cut = `[...document.querySelectorAll('tbody .mark')].filter((mark) => mark.getBoundingClientRect().right > innerWidth)`;
    expect(await phone.page.evaluate(`${cut}.map((mark) => mark.innerText)`)).toEqual([]);
    await phone.page.setViewportSize({ width: 390, height: 844 });
    await phone.page.getByRole('button', { name: 'Menu' }).click();
    expect(await phone.violations()).toEqual([]);
    await phone.page.getByRole('link', { name: 'Calls', exact: true }).click();
    await phone.sees('50 shown');
    await phone.leave();
  });

  it('says what the overview adds up to: the sums of the API', async () => {
    const { ledger, visitor } = stage;
    await visitor.open('/overview?span=30d');
    const tile = visitor.page.locator('.tile', {
      has: visitor.page.getByRole('heading', { name: 'Calls', exact: true }),
    });
    const { calls = 0 } = dataOf(await ledger.get('/v1/stats/calls'))[0] ?? {};
    expect(await tile.locator('.tile-value').innerText()).toBe(Number(calls).toLocaleString('en'));
    await visitor.page.locator('.chart-table summary').first().click();
    await visitor.page.locator('.chart-table table').first().waitFor();
  });

  it('follows the feed: what is pushed appears by itself', async () => {
    const { ledger, visitor } = stage;
    await visitor.open('/overview?span=1h');
    const now = new Date().toISOString();
    await ledger.push([
      record('of-now', { originateTime: now, startTime: now, endTime: null, taskId: 'fresh' }),
    ]);
    await visitor.page.locator('.tile-value', { hasText: /^1$/ }).first().waitFor();
  });

  it('leads from a time without calls to the newest that there are', async () => {
    const { visitor } = stage;
    await visitor.open('/overview?from=2001-01-01&to=2001-02-01');
    await visitor.sees('No calls in this period');
    expect(await visitor.violations()).toEqual([]);
    await visitor.page.getByRole('button', { name: /^Show the newest calls: \d{4}-\d{2}$/ }).click();
    await visitor.sees('Connected');
  });

  it('speaks Chinese', async () => {
    const { ledger, browser, sample } = stage;
    const chinese = await Visitor.at(browser, ledger.url, { locale: 'zh-CN' });
    await chinese.signIn(API_KEY);
    await chinese.open(`/tasks/${sample.taskId}`);
    await chinese.sees('批次对比', '接通率', '已接通', '周一');
    expect(await chinese.violations()).toEqual([]);
    await chinese.page.getByRole('button', { name: 'English' }).click();
    await chinese.sees('Batches compared');
    await chinese.leave();
  });

  it('is painted', async () => {
    const newcomer = await Visitor.at(stage.browser, stage.ledger.url);
    await newcomer.page.getByLabel('API key').waitFor();
    let paintMs: unknown;
    // The browser tells of it some time after what it painted can be found.
    await until('the first paint', async () => {
      paintMs = await newcomer.page.evaluate(FIRST_PAINT);
      return typeof paintMs === 'number';
    });
    // How soon is measured by `npm run bench -- painting`.
    console.log(`first paint of the console after ${Number(paintMs).toFixed(0)} ms`);
    expect(paintMs).toBeGreaterThan(0);
    await newcomer.leave();
  });

  // The last one: the database is away from here on.
  it('says that the database is away, and that pushes are kept', async () => {
    const { proxy, visitor } = stage;
    await visitor.open('/calls');
    await proxy.refuse();
    await visitor.open('/calls?answered=true');
    await visitor.sees('The database is unavailable', /pushes are still accepted/);
    expect(await visitor.violations()).toEqual([]);
  });
});
