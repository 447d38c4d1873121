// Where the keyboard is after each step: never before the beginning of the page.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { dataOf, string } from '../contract/helpers.js';
import { makeKey, revoke, withKey } from '../support/api-keys.js';
import { until } from '../support/service.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

/** @param text of the element that is to have the focus */
const hasFocus = (visitor: Visitor, text: string) =>
  visitor.holds(`document.activeElement !== document.body && document.activeElement.innerText === '${text}'`);

inBrowser('The keyboard in the console', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 60);
  });
  afterAll(() => stage.leave());

  it('begins in the field of the key, goes to the view, and comes back when the key ends', async () => {
    const { ledger, browser } = stage;
    const { id, key } = await makeKey(ledger, { name: 'Ends', scopes: ['calls:read'] });
    const guest = await Visitor.at(browser, ledger.url);
    await guest.holds(`document.activeElement.type === 'password'`);
    await guest.page.keyboard.type(key);
    await guest.page.keyboard.press('Enter');
    await hasFocus(guest, 'Calls');
    await revoke(ledger, id);
    await until('its end', async () => (await withKey(ledger, key, '/v1/api-keys/current')).status === 401);
    await guest.page.goto(`${ledger.url}/console#/calls?answered=true`);
    await guest.page.getByText('Your sign-in has expired or was revoked. Sign in again.').waitFor();
    await guest.holds(`document.activeElement.type === 'password'`);
    await guest.leave();
  });

  it('stays on the buttons of pages and filters while they are there, and goes to the heading then', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    await visitor.open('/calls?answered=true');
    const next = page.getByRole('button', { name: 'Next' });
    await next.press('Enter');
    await visitor.holds(`location.hash.includes('cursor=')`);
    await visitor.settled();
    await hasFocus(visitor, 'Next');
    await page.getByRole('button', { name: 'First page' }).press('Enter');
    await hasFocus(visitor, 'Calls');
    await page.getByRole('button', { name: 'Remove filter Answered' }).press('Enter');
    await visitor.holds(`location.hash === '#/calls'`);
    await hasFocus(visitor, 'Calls');
    await page.locator('.filter-form summary').press('Enter');
    await page.getByLabel('Talk time at least (s)').fill('5');
    await page.getByRole('button', { name: 'Apply' }).press('Enter');
    await visitor.holds(`location.hash === '#/calls?minDuration=5'`);
    await visitor.settled();
    await hasFocus(visitor, 'Apply');
    await page.getByRole('button', { name: 'Clear all' }).press('Enter');
    await visitor.holds(`location.hash === '#/calls'`);
    await visitor.holds(`document.querySelector('[name="minDuration"]').value === ''`);
  });

  it('comes back from a dialog to what opened it, or to the heading when that is gone', async () => {
    const { ledger, sample, visitor } = stage;
    const { page } = visitor;
    const dialog = page.getByRole('dialog');
    await visitor.open('/keys');
    await page.getByRole('button', { name: 'New key' }).press('Enter');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Passing');
    await dialog.getByRole('checkbox', { name: 'stats:read' }).check();
    await dialog.getByRole('textbox', { name: 'Name' }).press('Enter');
    await page.locator('.secret').waitFor();
    await page.getByRole('button', { name: 'Close' }).press('Enter');
    await hasFocus(visitor, 'New key');
    await page.getByRole('button', { name: 'Revoke Passing' }).press('Enter');
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).press('Enter');
    await visitor.sees('Revoked');
    await hasFocus(visitor, 'API keys');
    const [entry] = dataOf(await ledger.get(`/v1/quarantine?deliveryId=${sample.delivery}`));
    await visitor.open(`/quarantine/${string(entry?.['id'])}`);
    await page.getByRole('button', { name: 'Discard' }).press('Enter');
    await page.keyboard.press('Escape');
    await hasFocus(visitor, 'Discard');
    await page.getByRole('button', { name: 'Discard' }).press('Enter');
    await page.getByRole('button', { name: 'Discard the entry' }).press('Enter');
    await visitor.sees('Discarded');
    await hasFocus(visitor, string(entry?.['id']));
  });
});
