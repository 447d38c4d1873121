// How a person finds calls in the console: by the box, filters, pages, a file.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { dataOf, string } from '../contract/helpers.js';
import { API_KEY } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

inBrowser('The search of the console', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 120);
  });
  afterAll(() => stage.leave());

  it('finds by any id or number what was typed, by keyboard alone', async () => {
    const { ledger, sample, visitor } = stage;
    await visitor.open('/calls');
    const [call] = dataOf(await ledger.get('/v1/calls?limit=1&answered=true'));
    const box = visitor.page.getByRole('combobox', { name: 'Find by any id, number or name' });
    for (const [typed, address] of [
      [string(call?.['callId']), `#/calls/${encodeURIComponent(string(call?.['callId']))}`],
      [sample.redialled, `#/details/${sample.redialled}`],
      [string(call?.['callee']).slice(-4), `#/calls?calleeEndsWith=${string(call?.['callee']).slice(-4)}`],
      [sample.delivery, `#/deliveries/${sample.delivery}`],
    ] as const) {
      await visitor.open('/calls');
      await box.fill(typed);
      await visitor.page.locator('.search-found').getByRole('option').first().waitFor();
      expect(await visitor.violations()).toEqual([]);
      await visitor.page.keyboard.press('Enter');
      await visitor.holds(`location.hash === ${JSON.stringify(address)}`);
    }
    await visitor.open('/calls');
    await box.fill('nobody-has-this-id');
    await visitor.sees('The ledger has nothing with this id, number or name.');
  });

  it('lets the first click after a fruitless search through, which moves nothing', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    // Another view: the box is empty again.
    await visitor.open('/tasks');
    await visitor.open('/calls');
    const filters = page.locator('.filter-form > summary');
    const before = await filters.boundingBox();
    await page.getByRole('combobox', { name: /^Find by/ }).fill('nobody-has-this-id');
    await visitor.sees('The ledger has nothing with this id, number or name.');
    const { x = 0, y = 0, width = 0, height = 0 } = (await filters.boundingBox()) ?? {};
    await page.mouse.move(x + width / 2, y + height - 3);
    await page.mouse.down();
    await page.mouse.up();
    await page.getByRole('button', { name: 'Apply' }).waitFor();
    expect(before?.y).toBe(y);
  });

  it('finds numbers however they are written, calling ones too, and goes where an early Enter meant', async () => {
    const { ledger, visitor } = stage;
    const numbers = { callee: '13911110001', caller: '13911112222', realCaller: '13911113333' };
    await ledger.push([record('by-number', { ...numbers, originateTime: new Date().toISOString() })]);
    const box = visitor.page.getByRole('combobox', { name: 'Find by any id, number or name' });
    for (const [typed, address] of [
      ['+86 139 1111 0001', '#/calls?callee=13911110001'],
      ['8613911110001', '#/calls?callee=13911110001'],
      ['008613911110001', '#/calls?callee=13911110001'],
      ['(+86) 139-1111-0001', '#/calls?callee=13911110001'],
      ['13911112222', '#/calls?caller=13911112222'],
      ['+86 13911113333', '#/calls?realCaller=13911113333'],
    ] as const) {
      await visitor.open('/calls');
      await box.fill(typed);
      await box.press('Enter');
      await visitor.holds(`location.hash === ${JSON.stringify(address)}`);
      await visitor.sees('1 shown');
    }
  });

  it('says of ids with commas which can not be asked for, and leads nowhere by them', async () => {
    const { ledger, visitor } = stage;
    await ledger.push([record('call,1', { outId: 'PO-7,rev 2', batchId: 'b,comma' })]);
    const box = visitor.page.getByRole('combobox', { name: 'Find by any id, number or name' });
    await visitor.open('/calls');
    await box.fill('PO-7,rev 2');
    await visitor.sees(/Ids with a comma cannot be searched for/);
    await box.fill('call,1');
    await box.press('Enter');
    await visitor.holds(`location.hash === '#/calls/call%2C1'`);
    await visitor.sees('b,comma', /its calls cannot be listed/);
    expect(await visitor.page.getByRole('link', { name: 'b,comma' }).count()).toBe(0);
  });

  it('goes through pages, back by the browser, and keeps filters in the address', async () => {
    const { visitor } = stage;
    await visitor.open('/calls?answered=true');
    const first = await visitor.page.locator('tbody tr a').first().getAttribute('href');
    await visitor.page.getByRole('button', { name: 'Next' }).click();
    await visitor.holds(`location.hash.includes('cursor=')`);
    const firstRow = async () => visitor.page.locator('tbody tr a').first().getAttribute('href');
    await until('the next page', async () => (await firstRow()) !== first);
    await visitor.page.goBack();
    await until('the page before', async () => (await firstRow()) === first);
    await visitor.page.getByRole('button', { name: 'Remove filter Answered' }).click();
    await visitor.holds(`location.hash === '#/calls'`);
  });

  it('takes nothing of an address in another sense: the API says what it does not know', async () => {
    const { visitor } = stage;
    for (const [hash, refused] of [
      ['/calls?answered=banana', 'answered'],
      ['/calls?minDuration=long', 'minDuration'],
      ['/calls?nonsense=1', 'nonsense'],
      ['/calls?span=forever', 'span'],
      ['/deliveries?redelivered=banana', 'redelivered'],
      ['/deliveries?via=nonsense', 'via'],
      ['/quarantine?status=nonsense', 'status'],
      ['/audit?action=nonsense', 'action'],
      ['/drift?kind=nonsense', 'kind'],
      ['/tasks?order=nonsense', 'order'],
      ['/keys?nonsense=1', 'nonsense'],
      ['/erasures?nonsense=1', 'nonsense'],
    ] as const) {
      await visitor.open(hash);
      await visitor.sees('Invalid request');
      const place = visitor.page.locator('.note-bad code');
      expect([hash, await place.allInnerTexts()]).toEqual([hash, [refused]]);
    }
    await visitor.open('/calls?answered=banana');
    await visitor.sees('Answered: banana');
  });

  it('leads from a page that was come to by its address to the first one, not out of the console', async () => {
    const { ledger, browser } = stage;
    const guest = await Visitor.at(browser, ledger.url);
    await guest.signIn(API_KEY);
    await guest.open('/calls');
    await guest.page.getByRole('button', { name: 'Next' }).click();
    await guest.holds(`location.hash.includes('cursor=')`);
    await guest.settled();
    const deep = guest.page.url();
    await guest.page.getByRole('button', { name: 'Back', exact: true }).click();
    await guest.holds(`location.hash === '#/calls'`);
    const other = await guest.page.context().newPage();
    await other.goto(deep);
    await other.getByLabel('API key').fill(API_KEY);
    await other.keyboard.press('Enter');
    await other.getByRole('button', { name: 'Back', exact: true }).click();
    await other.waitForURL((url) => url.hash === '#/calls');
    await guest.leave();
  });

  it('exports exactly the calls of the filters', async () => {
    const { ledger, sample, visitor } = stage;
    await visitor.open(`/calls?answered=true&taskId=${sample.taskId}`);
    await visitor.page.getByRole('button', { name: 'Export' }).click();
    const download = visitor.page.waitForEvent('download');
    await visitor.page.getByRole('button', { name: 'For a program (CSV)' }).click();
    const file = readFileSync(await (await download).path(), 'utf8');
    const wanted = `/v1/exports/calls?answered=true&taskId=${sample.taskId}&format=csv&for=program`;
    expect(file).toBe((await ledger.get(wanted)).text);
    expect(file.split('\n').length).toBeGreaterThan(100);
    await visitor.page.getByRole('button', { name: 'Close' }).click();
  });

  it('says in words which filters are set, in both languages', async () => {
    const { ledger, visitor } = stage;
    const [{ smartStatusCode: code } = {}] = dataOf(await ledger.get('/v1/calls?limit=1&answered=true'));
    await visitor.open(`/calls?answered=false&minDuration=5&smartStatusCode=${string(code)}`);
    const chips = visitor.page.locator('.chip > span');
    await visitor.page.getByText('Result: Connected').waitFor();
    expect(await chips.allInnerTexts()).toEqual([
      'Result: Connected',
      'Answered: No',
      'Talk time at least (s): 5',
    ]);
    await visitor.page.getByRole('button', { name: '中文' }).click();
    expect(await chips.allInnerTexts()).toEqual(['结果: 已接通', '是否接通: 否', '通话时长不少于（秒）: 5']);
    await visitor.page.getByRole('button', { name: 'English' }).click();
  });

  it('says why there is no file, and ends an export that nobody waits for any more', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    await visitor.open('/tasks');
    await visitor.open('/calls');
    await page.getByRole('button', { name: 'Export' }).click();
    const ask = page.getByRole('button', { name: 'For a spreadsheet (CSV)' });
    await page.route('**/v1/exports/calls?*', (route) =>
      route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
    );
    await ask.click();
    await visitor.sees('Something went wrong');
    expect(await visitor.violations()).toEqual([]);
    await page.unroute('**/v1/exports/calls?*');
    await page.route('**/v1/exports/calls?*', (route) => route.abort());
    await ask.click();
    await visitor.sees('The service does not answer');
    await page.unroute('**/v1/exports/calls?*');
    // Held: a long one.
    await page.route('**/v1/exports/calls?*', () => undefined);
    await ask.click();
    await visitor.sees(/^Receiving/);
    const ended = page.waitForEvent('requestfailed');
    await page.goBack();
    expect((await ended).failure()?.errorText).toBe('net::ERR_ABORTED');
    await page.unroute('**/v1/exports/calls?*');
  });

  it('does not say that there is nothing when it could not look', async () => {
    const { ledger, proxy, visitor } = stage;
    const [call] = dataOf(await ledger.get('/v1/calls?limit=1'));
    await visitor.open('/calls');
    await proxy.refuse();
    await visitor.page.getByRole('combobox', { name: /^Find by/ }).fill(string(call?.['callId']));
    await visitor.sees('The database is unavailable');
    expect(await visitor.text()).not.toContain('The ledger has nothing');
    expect(await visitor.violations()).toEqual([]);
    await proxy.acceptAgain();
    await until('the database', async () => (await ledger.get('/v1/calls?limit=1')).status === 200);
    await visitor.page.getByRole('button', { name: 'Try again' }).click();
    await visitor.page.getByRole('combobox', { name: /^Find by/ }).focus();
    await visitor.page.getByRole('combobox', { name: /^Find by/ }).press('Enter');
    await visitor.page.locator('.chip').waitFor({ state: 'detached' });
  });
});
