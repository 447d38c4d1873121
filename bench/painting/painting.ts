// How soon a visitor sees the console: its sign-in page first, and the overview whole, each in a browser that has never been there.
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { browserAt, launch } from '../../test/console/browser.js';
import type { Context } from '../context.js';
import { type Finding, median } from '../support/finding.js';
import { SERVICE } from '../support/paths.js';
import { API_KEY, serve } from '../support/processes.js';
import { say } from '../support/progress.js';

const CALLS = 500_000;
const QUICK_CALLS = 100_000;
const VISITS_A_ROUND = 5;
/** Milliseconds from the beginning of the visit until something was painted. */
const FIRST_PAINT = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN`;
/** Of the bench ledger's days. */
const OVERVIEW = '/console#/overview?from=2024-01-01&to=2024-01-15';
/** Whatever a view waits for says so. */
const IS_WHOLE = `document.querySelector('h1') !== null && document.querySelector('.loading, [aria-busy="true"]') === null`;
const LIMIT_MS = 1000;

interface Visits {
  readonly emptyMs: number[];
  readonly signInMs: number[];
  readonly overviewMs: number[];
}

export async function benchPainting({ ending, server, options }: Context): Promise<Finding[]> {
  const executable = browserAt(process.env['CONSOLE_BROWSER']);
  if (executable === undefined) {
    say('painting: no Chromium is installed, or named by CONSOLE_BROWSER');
    return [];
  }
  const database = await server.ledger(options.quick ? QUICK_CALLS : CALLS);
  const service = await serve(
    ending,
    SERVICE,
    { DATABASE_URL: database, JOURNAL_DIR: 'off' },
    '/health/ready',
  );
  const [empty, emptyUrl] = await emptyPage();
  const browser = await launch(executable);
  const closeBrowser = ending.add(() => browser.close());
  const visits: Visits = { emptyMs: [], signInMs: [], overviewMs: [] };
  for (let visit = 0; visit < options.rounds * VISITS_A_ROUND; visit += 1) {
    say(`painting: visit ${visit + 1}`);
    await visitAll(browser, emptyUrl, `http://127.0.0.1:${service.port}`, visits);
  }
  await closeBrowser();
  empty.close();
  await service.stop();
  await server.drop(database);
  return findings(visits);
}

/** What the browser itself needs for a page of one line. */
async function emptyPage(): Promise<[server: Server, url: string]> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>empty</title>Empty');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return [server, `http://127.0.0.1:${address.port}/`];
}

async function visitAll(
  browser: Browser,
  emptyUrl: string,
  url: string,
  { emptyMs, signInMs, overviewMs }: Visits,
): Promise<void> {
  await asNewcomer(browser, async (page) => {
    await page.goto(emptyUrl);
    emptyMs.push(await paintOf(page));
  });
  await asNewcomer(browser, async (page) => {
    await page.goto(`${url}/console`);
    await page.getByLabel('API key').waitFor();
    signInMs.push(await paintOf(page));
    await page.getByLabel('API key').fill(API_KEY);
    await page.keyboard.press('Enter');
    await page.locator('.frame').waitFor();
    await page.goto(url + OVERVIEW);
    const begin = performance.now();
    await page.reload();
    while ((await page.evaluate(IS_WHOLE)) !== true);
    overviewMs.push(performance.now() - begin);
  });
}

/** A context of its own: nothing of an earlier visit is in its cache. */
async function asNewcomer(browser: Browser, visit: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  await visit(await context.newPage());
  await context.close();
}

async function paintOf(page: Page): Promise<number> {
  for (;;) {
    const painted = Number(await page.evaluate(FIRST_PAINT));
    if (!Number.isNaN(painted)) return painted;
  }
}

function findings({ emptyMs, signInMs, overviewMs }: Visits): Finding[] {
  const [empty, signIn] = [median(emptyMs), median(signInMs)];
  return [
    {
      part: 'painting',
      what: 'first paint of the console, first visit',
      value: signIn,
      unit: 'ms',
      target: { atMost: LIMIT_MS },
      details: {
        'ms: an empty page': empty,
        '× an empty page': signIn / empty,
        'ms: slowest': Math.max(...signInMs),
      },
    },
    {
      part: 'painting',
      what: 'the overview of two weeks, reloaded, until all of it is there',
      value: median(overviewMs),
      unit: 'ms',
      details: { 'ms: slowest': Math.max(...overviewMs), visits: overviewMs.length },
    },
  ];
}
