// What stands where: on a phone, a tablet and a desktop, with short values and with the longest.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BrowserContextOptions } from 'playwright-core';
import { makeKey } from '../support/api-keys.js';
import { API_KEY, type TestLedger } from '../support/ledger.js';
import { partOf } from '../support/form.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { dataOf } from '../contract/helpers.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

const CODE = 'S'.repeat(60);
const LONG = 'x'.repeat(200);
const CALL = `call-${LONG.slice(5)}`;
const TASK = `task-${LONG.slice(5)}`;
const DETAIL = `detail-${LONG.slice(7)}`;
const OFTEN = 'corrected-often';
const REVISIONS = 100;
const WIDTHS = [390, 768, 1024, 1440];
/** Each width with its turn among those that share a sample. */
const WIDTHS_BY_TURNS = WIDTHS.map((width, turn) => [width, turn] as const);
const LISTS = ['/tasks', '/calls', '/deliveries', '/quarantine', '/drift', '/keys', '/audit', '/erasures'];

let stage: Stage;

async function pushLong(ledger: TestLedger): Promise<void> {
  const ids = { taskId: TASK, batchId: LONG, detailId: DETAIL, outId: LONG };
  const texts = { smartStatusCode: CODE, statusMsg: LONG, hangupDirection: CODE };
  await ledger.push([record(CALL, { ...ids, ...texts, [`field${CODE}`]: LONG, callee: null })]);
  await ledger.push([record(CALL, { ...ids, ...texts, statusMsg: `${LONG}2`, duration: 'long' })]);
  for (let revision = 0; revision < REVISIONS; revision += 1)
    await ledger.push([record(OFTEN, { duration: revision })]);
}

/** Something for each list. */
async function fillLists(ledger: TestLedger): Promise<void> {
  await makeKey(ledger, { name: 'N'.repeat(100), scopes: ['stats:read', 'numbers:read'] });
  await makeKey(ledger, { name: 'CRM', scopes: ['calls:read', 'numbers:read', 'deliveries:read'] });
  const body = JSON.stringify({ number: '05719999999', reason: 'Asked for by the person' });
  const headers = { authorization: `Bearer ${API_KEY}` };
  await ledger.request('/v1/erasures', { method: 'POST', headers, body });
  await until('the erasure', async () =>
    dataOf(await ledger.get('/v1/erasures')).every(({ status }) => status === 'done'),
  );
}

async function visitorOf(options: BrowserContextOptions): Promise<Visitor> {
  const visitor = await Visitor.at(stage.browser, stage.ledger.url, options);
  await visitor.signIn(API_KEY);
  return visitor;
}

const sized = (width: number): BrowserContextOptions => ({ viewport: { width, height: 844 } });

/** In the page, code that gives something for each element that a selector finds. */
function each<T>({ page }: Visitor, selector: string, code: string): Promise<T[]> {
  const found = `[...document.querySelectorAll(${JSON.stringify(selector)})].map((element) => (${code}))`;
  return page.evaluate<T[]>(found);
}

inBrowser('The layout of the console', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 40);
    await pushLong(stage.ledger);
    await fillLists(stage.ledger);
  });
  afterAll(() => stage.leave());

  it.each(['en-GB', 'zh-CN'])('has short words of lists in one line on a phone: %s', async (locale) => {
    const phone = await visitorOf({ ...sized(390), locale });
    for (const hash of LISTS.filter((list) => list !== '/tasks')) {
      await phone.open(hash);
      const marks = await each<[string, boolean]>(
        phone,
        '.table :is(.mark, .button)',
        `(() => {
          const text = document.createRange();
          text.selectNodeContents(element);
          const line = parseFloat(getComputedStyle(element).lineHeight);
          return [element.innerText, text.getBoundingClientRect().height < 1.5 * line];
        })()`,
      );
      expect([hash, marks.length > 0]).toEqual([hash, true]);
      const broken = marks.filter(([text, isOneLine]) => text.length <= 12 && !isOneLine);
      expect([hash, broken]).toEqual([hash, []]);
    }
    await phone.leave();
  });

  it.each(WIDTHS_BY_TURNS)(
    'hides no column at a width of %d: each can be scrolled to',
    async (width, turn) => {
      const visitor = await visitorOf(sized(width));
      for (const hash of partOf(LISTS, 4, turn)) {
        await visitor.open(hash);
        const hidden = await each<string>(
          visitor,
          'thead th, tbody tr:first-child td',
          `(() => {
          element.scrollIntoView({ inline: 'nearest', block: 'nearest' });
          const [own, frame] = [element, element.closest('.table-frame')].map((box) => box.getBoundingClientRect());
          const isSeen = own.width > 0 && own.left >= frame.left - 1 && own.right <= frame.right + 1;
          return isSeen ? '' : element.className + element.innerText;
        })()`,
        );
        expect([hash, hidden.length > 0, hidden.filter((text) => text !== '')]).toEqual([hash, true, []]);
      }
      await visitor.leave();
    },
  );

  it.each([1024, 1440])('shows the outId of calls without scrolling at a width of %d', async (width) => {
    const visitor = await visitorOf(sized(width));
    await visitor.open('/calls');
    const head = visitor.page.getByRole('columnheader', { name: 'Your reference (outId)' });
    const { x = 0, width: own = 0 } = (await head.boundingBox()) ?? {};
    expect([own > 0, x + own <= width]).toEqual([true, true]);
    await visitor.leave();
  });

  it('shows by its edge whether a table has more to a side', async () => {
    const visitor = await visitorOf(sized(390));
    await visitor.open('/calls');
    const frame = visitor.page.locator('.table-frame');
    await until('the edge', async () => (await frame.getAttribute('data-more')) === 'after');
    await frame.evaluate((element: { scrollBy(x: number, y: number): void }) => {
      element.scrollBy(60, 0);
    });
    await until('both edges', async () => (await frame.getAttribute('data-more')) === 'before after');
    await visitor.page.setViewportSize({ width: 1900, height: 844 });
    await until('no edge', async () => (await frame.getAttribute('data-more')) === '');
    await visitor.leave();
  });

  const longViews = [
    ...LISTS,
    `/calls/${CALL}`,
    `/details/${DETAIL}`,
    `/tasks/${TASK}`,
    `/calls?outId=${LONG}&smartStatusCode=${CODE}&answered=${LONG}`,
    `/calls?outId=${LONG}&smartStatusCode=${CODE}&from=${LONG}`,
    `/deliveries?via=${LONG}`,
    `/quarantine?deliveryId=${LONG}`,
    `/overview?from=${LONG}`,
    '/overview?from=2025-06-01&to=2025-06-02',
  ];

  it.each(WIDTHS_BY_TURNS)('holds the longest values at a width of %d', async (width, turn) => {
    const visitor = await visitorOf(sized(width));
    for (const hash of partOf(longViews, 4, turn)) {
      await visitor.open(hash);
      // The form of the filters, too.
      await each(visitor, '.filter-form', 'element.open = true');
      const page: unknown = await visitor.page.evaluate(
        `[document.documentElement.scrollWidth <= document.documentElement.clientWidth]`,
      );
      expect([hash, page]).toEqual([hash, [true]]);
      // Of each part of the view, the narrowest box that must hold it; tables move within their frames.
      const outside = await each<string>(
        visitor,
        'main *',
        `(() => {
          if (!element.checkVisibility() || element.closest('.table-frame, .uplot, .sr-only') !== null) return '';
          const box = element.parentElement.closest('.panel, .tile, .note, .chip, dd, main');
          const [own, around] = [element, box].map((one) => one.getBoundingClientRect());
          const isHeld = own.left >= around.left - 1 && own.right <= around.right + 1;
          return isHeld ? '' : element.outerHTML.replaceAll(/href="[^"]*"/g, '').slice(0, 120);
        })()`,
      );
      expect([hash, outside.filter((text) => text !== '')]).toEqual([hash, []]);
    }
    await visitor.leave();
  });

  it('holds them on a phone in what is found, and in dialogs', async () => {
    const phone = await visitorOf(sized(390));
    const fits = (selector: string) =>
      each<boolean>(phone, selector, 'element.scrollWidth <= element.clientWidth');
    await phone.open('/calls');
    await phone.page.getByRole('combobox', { name: /^Find by/ }).fill(CALL);
    await phone.page.locator('.search-found').getByRole('option').first().waitFor();
    expect(await fits('html, .search-found, [role=option]')).toEqual([true, true, true]);
    await phone.open('/keys');
    await phone.page.getByRole('button', { name: /^Revoke N/ }).click();
    await phone.page.getByRole('dialog').waitFor();
    expect(await fits('html, .dialog')).toEqual([true, true]);
    await phone.leave();
  });

  it('cuts long ids of lists in the middle, with the whole in the hint and in what is copied', async () => {
    const { visitor } = stage;
    await visitor.open(`/calls?outId=${LONG}`);
    const ids = await each<[string, string, boolean]>(
      visitor,
      'tbody .id:has(.cut)',
      `[element.innerText, element.querySelector('.cut').title, element.offsetHeight < 30]`,
    );
    expect(ids).toEqual([
      [LONG, LONG, true],
      [TASK, TASK, true],
      [LONG, LONG, true],
    ]);
    const [row] = await each<number>(visitor, 'tbody tr', 'element.offsetHeight');
    expect(row).toBeLessThan(80);
    await visitor.open(`/calls/${CALL}`);
    const heights = await each<number>(visitor, '.facts .id:has(.cut)', 'element.offsetHeight');
    // There it is whole.
    expect(Math.min(...heights)).toBeGreaterThan(30);
  });

  it('shows a few of many revisions, and all when they are wanted', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    await visitor.open(`/calls/${OFTEN}`);
    await visitor.sees(`Revision ${REVISIONS}`);
    const revisions = page.locator('.history > li');
    expect(await revisions.count()).toBe(5);
    expect(Number(await page.evaluate('document.documentElement.scrollHeight'))).toBeLessThan(3000);
    await page.getByRole('button', { name: `Show all ${REVISIONS}` }).click();
    expect(await revisions.count()).toBe(REVISIONS);
    await page.getByRole('button', { name: 'Show only 5' }).press('Enter');
    expect(await revisions.count()).toBe(5);
    expect(await visitor.violations()).toEqual([]);
  });

  it('breaks no value of a revision into letters beside a long one', async () => {
    const phone = await visitorOf(sized(390));
    await stage.ledger.push([record('short-and-long', { statusMsg: 'Answered' })]);
    await stage.ledger.push([record('short-and-long', { statusMsg: LONG })]);
    await phone.open('/calls/short-and-long');
    const [lines] = await each<number>(phone, '.diff del', 'element.getClientRects().length');
    expect(lines).toBe(1);
    await phone.leave();
  });
});
