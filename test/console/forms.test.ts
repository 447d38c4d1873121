// What a person changes by the console: each only when it is wanted, and once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, string } from '../contract/helpers.js';
import { installedBrowser } from './browser.js';
import { STRAY } from './sample.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

inBrowser('The forms of the console', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 20);
  });
  afterAll(() => stage.leave());

  it('marks the record that could not be read, counts before it replays, and discards', async () => {
    const { ledger, sample, visitor } = stage;
    await visitor.open('/quarantine?status=open');
    await visitor.page.getByRole('button', { name: 'Replay', exact: true }).click();
    await visitor.page.getByText('Expected result:').waitFor();
    expect(await visitor.page.getByRole('button', { name: 'Replay 0 entries' }).isDisabled()).toBe(true);
    expect(await visitor.violations()).toEqual([]);
    await visitor.page.keyboard.press('Escape');
    const [entry] = dataOf(await ledger.get(`/v1/quarantine?deliveryId=${sample.delivery}`));
    await visitor.open(`/quarantine/${string(entry?.['id'])}`);
    await visitor.page.getByRole('button', { name: 'Show payload' }).click();
    const marked = visitor.page.locator('.panel', { hasText: 'In the whole body' }).locator('mark');
    expect(await marked.innerText()).toBe(STRAY);
    await visitor.page.getByRole('button', { name: 'Discard' }).click();
    await visitor.page.getByRole('button', { name: 'Discard the entry' }).click();
    await visitor.sees('Discarded');
  });

  it('marks the byte at which a body breaks', async () => {
    const { ledger, visitor } = stage;
    const cutOff = dataOf(await ledger.get('/v1/quarantine?limit=1000')).find(({ place }) =>
      /^byte/.test(string(place)),
    );
    await visitor.open(`/quarantine/${string(cutOff?.['id'])}`);
    expect(await visitor.page.locator('mark').innerText()).toHaveLength(1);
  });

  it('makes a key that is shown once, and revokes it', async () => {
    const { ledger, browser, visitor } = stage;
    await visitor.open('/keys');
    await visitor.page.getByRole('button', { name: 'New key' }).click();
    await visitor.page.getByRole('textbox', { name: 'Name' }).fill('Report');
    await visitor.page.getByRole('checkbox', { name: 'stats:read' }).check();
    expect(await visitor.violations()).toEqual([]);
    await visitor.page.getByRole('dialog').getByRole('button', { name: 'New key' }).click();
    const made = await visitor.page.locator('.secret code').innerText();
    await visitor.page.getByRole('button', { name: 'Close' }).click();
    const report = await Visitor.at(browser, ledger.url);
    await report.signIn(made);
    expect(await report.page.locator('nav[aria-label="Views"] a').allInnerTexts()).toEqual([
      'Overview',
      'Campaigns',
      'Completeness',
    ]);
    await visitor.page.getByRole('button', { name: 'Revoke Report' }).click();
    await visitor.page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await visitor.sees('Revoked');
    await report.open('/tasks');
    await report.page.getByText('Your sign-in has expired or was revoked. Sign in again.').waitFor();
    await report.leave();
  });

  it('asks twice for a number before it is erased everywhere', async () => {
    const { visitor } = stage;
    await visitor.open('/erasures');
    await visitor.page.getByRole('button', { name: 'Erase a number' }).click();
    await visitor.page.getByLabel('Number', { exact: true }).fill('13900000000');
    await visitor.page.getByLabel('The number again').fill('13900000001');
    await visitor.page.getByLabel('Reason').fill('Asked for by the person');
    expect(await visitor.page.getByRole('button', { name: 'Erase permanently' }).isDisabled()).toBe(true);
    expect(await visitor.violations()).toEqual([]);
    await visitor.page.getByLabel('The number again').fill('13900000000');
    await visitor.page.getByRole('button', { name: 'Erase permanently' }).click();
    await visitor.sees('Done');
  });
});
