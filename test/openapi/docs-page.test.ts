// /docs as somebody uses it who has just entered a key, in a real browser: every question works at the first click.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { installedBrowser, launch } from '../console/browser.js';
import { pushSample } from '../console/sample.js';
import { Contract } from '../support/contract/contract.js';
import { describedApi } from '../support/contract/described.js';
import type { Operation } from '../support/contract/document.js';
import { partOf } from '../support/form.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;
const { operations } = new Contract(await describedApi());
const questions = operations.filter(({ method }) => method === 'GET');
/** What a ledger has none of yet. */
const EMPTY_AT_FIRST = new Set([
  ...['listErasures', 'listApiKeys', 'listCompleteness', 'listSessions', 'listWebhooks', 'listFollowers'],
]);
/** Their ids come from erasures, checks, webhooks, notes and so on, of which a new ledger has none. */
const WITHOUT_ID_AT_FIRST = new Set([
  'getErasure',
  'getCompletenessCheck',
  'getCompletenessRepair',
  'listMissingEntries',
  ...['getWebhook', 'listWebhookAttempts', 'getConversation', 'getRecording'],
]);
const PATIENCE_MS = 120_000;

let ledger: TestLedger;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
const strangers: string[] = [];
/** Requests that ask for an answer after some time. */
const waiting: string[] = [];

/**
 * As in the README: the service was started, the simulator has pushed, and somebody has read the calls. Each run
 * tries other questions, and not every one of them leaves an event in the audit.
 */
beforeAll(async () => {
  if (executable === undefined) return;
  ledger = await startLedger();
  await pushSample(ledger, 3);
  await ledger.push([record('with-more', { sentiment: 'good' })]);
  await ledger.get('/v1/calls');
  browser = await launch(executable);
  page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // The browser notes every answer that is no success; what was answered is looked at here.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(ledger.url) && !request.url().startsWith('data:'))
      strangers.push(request.url());
    if (Number(new URL(request.url()).searchParams.get('wait')) > 0) waiting.push(request.url());
  });
  await page.goto(`${ledger.url}/docs`);
  await authorize();
});
afterAll(async () => {
  if (executable === undefined) return;
  await browser.close();
  await ledger.stop();
});

async function authorize(): Promise<void> {
  await page.locator('.scheme-container .authorize').click();
  const ofKey = page.locator('.modal-ux .auth-container', { hasText: 'apiKey' });
  await ofKey.locator('input').fill(API_KEY);
  await ofKey.getByRole('button', { name: 'Apply credentials' }).click();
  await page.locator('.modal-ux').getByRole('button', { name: 'Close' }).last().click();
}

async function open({ operationId }: Pick<Operation, 'operationId'>): Promise<Locator> {
  const operation = page.locator(`.opblock[id$="-${operationId}"]`);
  await operation.locator('.opblock-summary-control').click();
  await operation.locator('.opblock-body').waitFor();
  return operation;
}

/** Clicks on Try it out; ids of the path are filled in then. */
async function tryOut(operation: Locator): Promise<void> {
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.locator('.execute').waitFor();
}

/** Clicks on Execute, and reads the status that the page shows. */
async function execute(operation: Locator): Promise<number> {
  await operation.locator('.execute').click();
  const shown = operation.locator('.live-responses-table .response .response-col_status');
  await shown.waitFor();
  return Number.parseInt(await shown.innerText(), 10);
}

/** It begins anew when it is opened again. */
async function close(operation: Locator): Promise<void> {
  const cancel = operation.getByRole('button', { name: 'Cancel' });
  if ((await cancel.count()) > 0) await cancel.click();
  await operation.locator('.opblock-summary-control').click();
  await operation.locator('.opblock-body').waitFor({ state: 'detached' });
}

const pathFields = (operation: Locator) => operation.locator('tr[data-param-in="path"] input');

inBrowser('In /docs,', () => {
  it.each(
    partOf(
      questions.filter(({ operationId }) => !WITHOUT_ID_AT_FIRST.has(operationId)),
      16,
    ),
  )('Try it out and Execute answer $path ($operationId) with 200', async (question) => {
    const operation = await open(question);
    await tryOut(operation);
    for (const field of await pathFields(operation).all())
      await until('the id', async () => (await field.inputValue()) !== '');
    expect(await execute(operation)).toBe(200);
    const text = await operation.locator('.live-responses-table').innerText();
    if (!EMPTY_AT_FIRST.has(question.operationId)) expect(text).not.toMatch(/"data": \[\]/);
    await close(operation);
  });

  it('an id of which there is none yet is asked for, and filled in once there is one', async () => {
    const operation = await open({ operationId: 'getErasure' });
    await tryOut(operation);
    await operation.locator('.execute').click();
    await operation.locator('tr[data-param-in="path"] input.invalid').waitFor();
    expect(await operation.locator('.live-responses-table').count()).toBe(0);
    await ledger.request('/v1/erasures', {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}` },
      body: JSON.stringify({ number: '13900000009', reason: 'Asked for by the person' }),
    });
    await operation.getByRole('button', { name: 'Cancel' }).click();
    await tryOut(operation);
    await until('the id', async () => (await pathFields(operation).first().inputValue()) !== '');
    expect(await execute(operation)).toBe(200);
    await close(operation);
  });

  it('an id that somebody has entered stays', async () => {
    const operation = await open({ operationId: 'getTask' });
    await tryOut(operation);
    const [field] = await pathFields(operation).all();
    await field?.fill('mine');
    await operation.getByRole('button', { name: 'Cancel' }).click();
    await tryOut(operation);
    expect(await execute(operation)).toBe(404);
    expect(await field?.inputValue()).toBe('mine');
    await close(operation);
  });

  it('nothing is filled in of what an operation changes', async () => {
    for (const operationId of ['revokeApiKey', 'discardQuarantined']) {
      const operation = await open({ operationId });
      await tryOut(operation);
      await operation.locator('.execute').click();
      await operation.locator('tr[data-param-in="path"] input.invalid').waitFor();
      await close(operation);
    }
  });

  it.each(partOf(operations, 16))(
    'an error of $operationId takes a line or two, and headers are folded',
    async (one) => {
      const operation = await open(one);
      const errors = await operation.locator('.responses-table > tbody > tr.response[data-code^="4"]').all();
      const heights = await Promise.all(
        errors.map(async (error) => (await error.boundingBox())?.height ?? NaN),
      );
      expect(heights.length).toBeGreaterThan(0);
      expect(Math.max(...heights)).toBeLessThan(120);
      expect(await operation.locator('.response .headers').filter({ visible: true }).count()).toBe(0);
      await close(operation);
    },
  );

  it('the key is kept over a reload, and until the tab is closed', async () => {
    await page.reload();
    const operation = await open({ operationId: 'getCurrentApiKey' });
    await tryOut(operation);
    expect(await execute(operation)).toBe(200);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    const other = await page.context().newPage();
    await other.goto(`${ledger.url}/docs`);
    await other.locator('.scheme-container .authorize.unlocked').waitFor();
    await other.close();
  });

  it('a key that was taken back is not kept', async () => {
    await page.locator('.scheme-container .authorize').click();
    await page.locator('.modal-ux').getByRole('button', { name: 'Remove authorization' }).click();
    await page.locator('.modal-ux').getByRole('button', { name: 'Close' }).last().click();
    await page.reload();
    await page.locator('.scheme-container .authorize.unlocked').waitFor();
    expect(String(await page.evaluate('JSON.stringify(sessionStorage)'))).not.toContain(API_KEY);
  });

  it('the browser complains of nothing, nobody else is asked, and no answer is waited for', () => {
    expect({ complaints, strangers, waiting }).toEqual({ complaints: [], strangers: [], waiting: [] });
  });
});
