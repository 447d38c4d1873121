// What happens to who clicks twice, or too soon, and to what is shown only once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locator, Page, Route } from 'playwright-core';
import { dataOf, string } from '../contract/helpers.js';
import { makeKey } from '../support/api-keys.js';
import { API_KEY } from '../support/ledger.js';
import { record } from '../support/records.js';
import { installedBrowser, PLAIN_HOST } from './browser.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

/** Both before the page can be drawn anew. */
const clickTwice = (button: Locator) =>
  button.evaluate((element: { click(): void }) => {
    element.click();
    element.click();
  });

/** The requests from now on that change something: `POST /v1/…`. */
function changesOf(page: Page): string[] {
  const changes: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') changes.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  return changes;
}

async function entryOf(body: unknown): Promise<{ id: string; delivery: string }> {
  const pushed = await stage.ledger.push(body);
  const delivery = pushed.headers.get('x-delivery-id') ?? '';
  const [entry] = dataOf(await stage.ledger.get(`/v1/quarantine?deliveryId=${delivery}`));
  return { id: string(entry?.['id']), delivery };
}

inBrowser('The buttons of the console', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 5);
  });
  afterAll(() => stage.leave());

  it('make one key of two clicks, and show it even to who wants to leave before it is there', async () => {
    const { ledger, visitor } = stage;
    const { page } = visitor;
    await visitor.open('/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Once');
    await page.getByRole('checkbox', { name: 'stats:read' }).check();
    const held: Route[] = [];
    await page.route('**/v1/api-keys', (route) => held.push(route));
    await clickTwice(page.getByRole('dialog').getByRole('button', { name: 'New key' }));
    await page.getByRole('button', { name: 'One moment …' }).waitFor();
    expect(await visitor.violations()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(held).toHaveLength(1);
    await Promise.all(held.map((route) => route.continue()));
    await page.locator('.secret').waitFor();
    await page.unroute('**/v1/api-keys');
    expect(dataOf(await ledger.get('/v1/api-keys')).map(({ name }) => name)).toEqual(['Once']);
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('discard, replay, erase and revoke once', async () => {
    const { ledger, visitor } = stage;
    const { page } = visitor;
    const dialog = page.getByRole('dialog');
    const { id: key } = await makeKey(ledger, { name: 'Short', scopes: ['stats:read'] });
    const discarded = await entryOf([1]);
    const replayed = await entryOf([2]);
    // As when a rule has changed since.
    await ledger.database.query('UPDATE quarantine SET raw = $2 WHERE id = $1', [
      replayed.id,
      Buffer.from(JSON.stringify(record('readable-now'))),
    ]);
    const changes = changesOf(page);
    await visitor.open(`/quarantine/${discarded.id}`);
    await page.getByRole('button', { name: 'Discard' }).click();
    await clickTwice(dialog.getByRole('button', { name: 'Discard the entry' }));
    await visitor.sees('Discarded');
    await visitor.open(`/quarantine/${replayed.id}`);
    await page.getByRole('button', { name: 'Replay this entry' }).click();
    await dialog.getByText('Expected result:').waitFor();
    await clickTwice(dialog.getByRole('button', { name: 'Replay 1 entries' }));
    await dialog.getByText('Done:').waitFor();
    await page.keyboard.press('Escape');
    await visitor.sees('Replayed');
    await visitor.open('/erasures');
    await page.getByRole('button', { name: 'Erase a number' }).click();
    await page.getByLabel('Number', { exact: true }).fill('05710000000');
    await page.getByLabel('The number again').fill('05710000000');
    await page.getByLabel('Reason').fill('Asked for by the person');
    await clickTwice(page.getByRole('button', { name: 'Erase permanently' }));
    await visitor.sees('Done');
    await visitor.open('/keys');
    await page.getByRole('button', { name: 'Revoke Short' }).click();
    await clickTwice(dialog.getByRole('button', { name: 'Revoke', exact: true }));
    await dialog.waitFor({ state: 'detached' });
    expect(changes).toEqual([
      `POST /v1/quarantine/${discarded.id}/discard`,
      'POST /v1/quarantine/replay',
      'POST /v1/quarantine/replay',
      'POST /v1/erasures',
      `DELETE /v1/api-keys/${key}`,
    ]);
  });

  it('go on with a replay behind the first thousand, with the filter of its opening', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    // Of one push a thousand have entries of their own; the others share one.
    const { delivery } = await entryOf(Array.from({ length: 1003 }, (_, index) => index));
    const asked: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/replay')) asked.push(request.postDataJSON());
    });
    await visitor.open(`/quarantine?span=24h&deliveryId=${delivery}`);
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    const examined = page.getByRole('dialog').locator('dd').first();
    await page.getByRole('button', { name: 'Continue with the next entries' }).waitFor();
    expect(await examined.innerText()).toBe('1,000');
    expect(await visitor.violations()).toEqual([]);
    await page.getByRole('button', { name: 'Continue with the next entries' }).click();
    await page.getByText('Continues after the 1,000 entries that were checked before.').waitFor();
    await page.getByText('Expected result:').waitFor();
    expect(await examined.innerText()).toBe('1');
    expect(await page.getByRole('button', { name: 'Continue with the next entries' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    const [first, second] = asked;
    expect(asked).toHaveLength(2);
    expect(second).toEqual({ ...(first as object), cursor: expect.any(String) });
  });

  it('copy, or without HTTPS leave the text ready to be copied by hand', async () => {
    const { ledger, browser } = stage;
    const url = new URL(ledger.url);
    url.hostname = PLAIN_HOST;
    const plain = await Visitor.at(browser, url.origin);
    const { page } = plain;
    await plain.signIn(API_KEY);
    expect(await page.evaluate('isSecureContext')).toBe(false);
    await plain.open('/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('By hand');
    await page.getByRole('checkbox', { name: 'stats:read' }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'New key' }).click();
    const made = await page.locator('.secret code').innerText();
    await page.getByRole('button', { name: 'Copy the key' }).click();
    await page.getByText(/press Ctrl\+C/).waitFor();
    expect(await plain.violations()).toEqual([]);
    await page.keyboard.press('ControlOrMeta+c');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'New key' }).click();
    const field = page.getByLabel(/^Sources/);
    await field.press('ControlOrMeta+v');
    expect(await field.inputValue()).toBe(made);
    // The browser says, too, that it is not to be trusted.
    for (const complaint of plain.complaints.splice(0)) expect(complaint).toContain('untrustworthy');
    await plain.leave();
  });

  it('say that they have copied', async () => {
    const { sample, visitor } = stage;
    await visitor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await visitor.open(`/deliveries/${sample.delivery}`);
    await visitor.page.getByRole('button', { name: "Copy the delivery's id" }).click();
    await visitor.sees('Copied');
    expect(await visitor.page.evaluate('navigator.clipboard.readText()')).toBe(sample.delivery);
  });
});
