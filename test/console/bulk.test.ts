// What has many entries is worked on by its cause: the quarantine is discarded, and schema drift is acknowledged, together.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf } from '../contract/helpers.js';
import { makeKey } from '../support/api-keys.js';
import { record } from '../support/records.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

inBrowser('Many entries with one cause', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 5);
    await stage.ledger.push([7, 8, { stray: 1 }, { stray: 2 }, { stray: 3 }]);
    await stage.ledger.push([record('drifted', { strayOne: 1, strayTwo: 2, smartStatusCode: 'UNHEARD_OF' })]);
  });
  afterAll(() => stage.leave());

  it('of the quarantine are shown by cause, and discarded together after their count', async () => {
    const { visitor, ledger } = stage;
    const { page } = visitor;
    const open = async () => dataOf(await ledger.get('/v1/quarantine?status=open&limit=1000'));
    const before = await open();
    await visitor.open('/quarantine');
    const causes = page.locator('.panel', {
      has: page.getByRole('heading', { name: 'Open entries by cause' }),
    });
    const cause = page.getByRole('link', { name: 'The callId is missing', exact: true });
    const row = causes.locator('tbody tr', { has: cause });
    const n = Number(await row.locator('td').nth(2).innerText());
    expect(n).toBe(before.filter(({ reason }) => reason === 'The callId is missing').length);
    expect(await visitor.violations()).toEqual([]);
    await cause.click();
    await visitor.sees('Reason:');
    await visitor.settled();
    expect(await page.locator('tbody tr').count()).toBe(n);
    await page.getByRole('button', { name: 'Discard' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Expected result:').waitFor();
    expect(await visitor.violations()).toEqual([]);
    expect((await open()).length).toBe(before.length);
    await dialog.getByRole('button', { name: `Discard ${n} entries` }).click();
    await dialog.getByText('Done:').waitFor();
    await page.keyboard.press('Escape');
    await visitor.sees('No entries');
    expect((await open()).length).toBe(before.length - n);
    await visitor.open('/quarantine');
    await causes.locator('tbody tr').first().waitFor();
    expect(await causes.locator(cause).count()).toBe(0);
  });

  it('of schema drift are acknowledged by the filters, and those that are new are open', async () => {
    const { visitor, ledger } = stage;
    const { page } = visitor;
    const open = async () =>
      dataOf(await ledger.get('/v1/schema-drift?status=open&limit=1000')).map(({ kind }) => kind);
    const unknown = (await open()).filter((kind) => kind === 'unknownField').length;
    const others = (await open()).length - unknown;
    await visitor.open('/drift?kind=unknownField&status=open');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: `Acknowledge ${unknown} entries` }).click();
    await dialog.getByText('Done:').waitFor();
    await page.keyboard.press('Escape');
    await visitor.sees('No drift');
    expect((await open()).length).toBe(others);
    await page.getByLabel('State').selectOption('acknowledged');
    await page.locator('tbody .mark', { hasText: 'Acknowledged' }).first().waitFor();
    expect(await visitor.violations()).toEqual([]);
    expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
    await ledger.push([record('new', { strayThree: 1 })]);
    await visitor.open('/drift?status=open');
    await visitor.sees('strayThree');
    const { key } = await makeKey(ledger, { scopes: ['deliveries:read'] });
    const reader = await Visitor.at(stage.browser, ledger.url);
    await reader.signIn(key);
    await reader.open('/drift');
    await reader.sees('strayThree');
    expect(await reader.page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
    await reader.leave();
  });
});
