// Followers and webhooks, and the names of campaigns and batches: what people see of them in the console, and change by it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { dataOf, object } from '../contract/helpers.js';
import { makeKey } from '../support/api-keys.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { Receiver } from '../webhooks/receiver.js';
import { makeWebhook, webhookOf } from '../webhooks/webhooks.js';
import { installedBrowser, launch } from './browser.js';
import { Visitor } from './visitor.js';

const PHONE = { width: 390, height: 844 };

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

const receiver = new Receiver();
let ledger: TestLedger;
let browser: Browser;
let visitor: Visitor;
let webhook: string;

inBrowser('In the console', () => {
  beforeAll(async () => {
    ledger = await startLedger({ WEBHOOK_ALLOW_HOSTS: '127.0.0.1' });
    await ledger.push([record('first'), record('second', { batchId: 'batch-2' })]);
    expect((await ledger.get('/v1/changes?follower=crm')).status).toBe(200);
    receiver.behave = () => 503;
    const { id, secret } = await makeWebhook(ledger, { name: 'Help desk', url: await receiver.start() });
    receiver.secrets = [secret];
    webhook = id;
    await until('the first failure', async () => (await webhookOf(ledger, id))['lastFailure'] !== null);
    browser = await launch(executable ?? '');
    visitor = await Visitor.at(browser, ledger.url);
    await visitor.signIn(API_KEY);
  });
  afterAll(async () => {
    await visitor.leave();
    await browser.close();
    await ledger.stop();
    receiver.stop();
  });

  it.each(['light', 'dark'] as const)(
    'followers and webhooks show how far they are, in %s',
    async (scheme) => {
      await visitor.page.emulateMedia({ colorScheme: scheme });
      await visitor.open('/followers');
      await visitor.sees('crm', 'Follower', 'Help desk', 'Webhook', 'Failing', /503/);
      expect(await visitor.violations()).toEqual([]);
      await visitor.page.getByRole('link', { name: 'Help desk' }).click();
      await visitor.settled();
      await visitor.sees('Attempts of the last 7 days', '503', 'Last failure');
      expect(await visitor.violations()).toEqual([]);
    },
  );

  it('a webhook is tested, paused, and sends again', async () => {
    const { page } = visitor;
    await visitor.open(`/followers/${webhook}`);
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await visitor.sees(/^The test failed after \d+ ms: .*503/);
    await page.getByRole('button', { name: 'Pause' }).click();
    await visitor.sees('Paused');
    receiver.behave = () => 204;
    await page.getByRole('button', { name: 'Test', exact: true }).click();
    await visitor.sees(/^The test was answered with 204 after \d+ ms/);
    await page.getByRole('button', { name: 'Resume' }).click();
    await until('what it had missed', () => Promise.resolve(receiver.copy.size === 2));
    await visitor.sees('Active');
    const before = receiver.changes.length;
    await page.getByRole('button', { name: 'Send again …' }).click();
    await page.getByLabel('Received since').fill('2025-01-01T00:00');
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
    await until('all of it again', () => Promise.resolve(receiver.changes.length === before + 2));
  });

  it('a follower is forgotten', async () => {
    const { page } = visitor;
    await visitor.open('/followers');
    await page.getByRole('button', { name: 'Forget crm' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Forget', exact: true }).click();
    await page.getByText('crm', { exact: true }).waitFor({ state: 'detached' });
    const names = dataOf(await ledger.get('/v1/followers')).map((follower) => object(follower)['name']);
    expect(names).toEqual(['Help desk']);
  });

  it('campaigns and batches get names, which stand with their ids and are found', async () => {
    const { page } = visitor;
    await visitor.open('/tasks/task-1');
    await page.getByRole('button', { name: 'Name task-1' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Spring sale');
    await page.getByLabel('Note (optional)').fill('With the shorter greeting');
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('heading', { name: 'Spring sale task-1' }).waitFor();
    await visitor.sees('With the shorter greeting');
    await page.getByRole('button', { name: 'Name batch-2' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Second wave');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await visitor.sees('Second wave');
    for (const hash of [
      '/tasks',
      '/tasks?name=SALE',
      '/tasks?from=2025-06-01&to=2025-06-02',
      '/calls/second',
      '/calls?taskId=task-1',
    ]) {
      await visitor.open(hash);
      await visitor.sees(/Spring sale/);
    }
    await visitor.sees('Second wave', 'batch-2');
    expect(await visitor.violations()).toEqual([]);
    const box = page.getByRole('combobox', { name: /^Find by/ });
    await box.fill('sPRING');
    await page.locator('.search-found').getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await visitor.holds(`location.hash === '#/tasks/task-1'`);
    await visitor.open('/tasks?name=autumn');
    await visitor.sees('No campaign with this name');
  });

  it('the dialog of a name keeps a note that is there', async () => {
    const { page } = visitor;
    await visitor.open('/tasks/task-1');
    await page.getByRole('button', { name: 'Name task-1' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Summer sale');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('heading', { name: 'Summer sale task-1' }).waitFor();
    const { taskName, note } = object((await ledger.get('/v1/tasks/task-1')).body);
    expect({ taskName, note }).toEqual({ taskName: 'Summer sale', note: 'With the shorter greeting' });
  });

  it('keys that may not name or manage see names and their own followers only', async () => {
    const { key } = await makeKey(ledger, { scopes: ['calls:read', 'stats:read'] });
    const reader = await Visitor.at(browser, ledger.url);
    await reader.signIn(key);
    await reader.open('/tasks/task-1');
    await reader.sees('Batches compared');
    expect(await reader.page.getByRole('button', { name: /^Name / }).count()).toBe(0);
    await reader.open('/followers');
    await reader.sees('No followers');
    await reader.leave();
  });

  it('all of it fits a phone', async () => {
    const phone = await Visitor.at(browser, ledger.url, { viewport: PHONE });
    await phone.signIn(API_KEY);
    for (const hash of ['/followers', `/followers/${webhook}`, '/tasks', '/tasks/task-1']) {
      await phone.open(hash);
      const width = await phone.page.evaluate('document.documentElement.scrollWidth');
      expect([hash, width]).toEqual([hash, PHONE.width]);
    }
    await phone.leave();
  });
});
