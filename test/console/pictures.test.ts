// The pictures of docs/console.md, taken from simulated data: `npm run console:pictures` writes them anew.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { dataOf, string } from '../contract/helpers.js';
import { makeKey } from '../support/api-keys.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { installedBrowser, launch } from './browser.js';
import { pushSample, type Sample } from './sample.js';
import { Visitor } from './visitor.js';

const FOLDER = fileURLToPath(new URL('../../docs/console', import.meta.url));
const MOST_BYTES = 150_000;
const WIDE = { width: 1180, height: 760 };
const PHONE = { width: 390, height: 760 };

const executable = process.env['CONSOLE_PICTURES'] === undefined ? undefined : installedBrowser();
const whenWanted = executable === undefined ? describe.skip : describe;

let ledger: TestLedger;
let browser: Browser;
let sample: Sample;
let entry: string;

whenWanted('The pictures', () => {
  beforeAll(async () => {
    ledger = await startLedger({ JOURNAL_DIR: '' });
    sample = await pushSample(ledger, 900);
    await makeKey(ledger, { name: 'CRM', scopes: ['calls:read', 'numbers:read'] });
    await makeKey(ledger, { name: 'Reporting', scopes: ['stats:read'], expiresAt: '2099-01-01' });
    const [found] = dataOf(await ledger.get(`/v1/quarantine?deliveryId=${sample.delivery}`));
    entry = string(found?.['id']);
    browser = await launch(executable ?? '');
    mkdirSync(FOLDER, { recursive: true });
  });
  afterAll(async () => {
    await browser.close();
    await ledger.stop();
  });

  const views = (): [name: string, hash: string][] => [
    ['overview', '/overview?span=7d&compare=1'],
    ['campaigns', '/tasks'],
    ['campaign', `/tasks/${sample.taskId}`],
    ['call', `/calls/${encodeURIComponent(sample.corrected)}`],
    ['redials', `/details/${sample.redialled}`],
    ['deliveries', '/deliveries'],
    ['quarantine', `/quarantine/${entry}`],
    ['drift', '/drift'],
    ['keys', '/keys'],
    ['audit', '/audit'],
    ['erasures', '/erasures'],
  ];

  it.each([
    ['light', 'en-GB', WIDE],
    ['dark', 'en-GB', WIDE],
    ['phone', 'en-GB', PHONE],
    ['chinese', 'zh-CN', WIDE],
  ] as const)('%s are taken, each small', async (kind, locale, viewport) => {
    const visitor = await Visitor.at(browser, ledger.url, {
      locale,
      viewport,
      colorScheme: kind === 'dark' ? 'dark' : 'light',
      reducedMotion: 'reduce',
    });
    await visitor.signIn(API_KEY);
    for (const [name, hash] of views()) {
      if (kind !== 'light' && kind !== 'dark' && name !== 'overview' && name !== 'campaign') continue;
      await visitor.open(hash);
      await visitor.page.mouse.move(0, 0);
      const path = join(FOLDER, `${name}-${kind}.png`);
      await visitor.page.screenshot({ path });
      expect([name, statSync(path).size < MOST_BYTES]).toEqual([name, true]);
    }
    await visitor.leave();
  });
});
