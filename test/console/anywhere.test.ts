// What is at hand in every view of the console: the search, saved views, and a word when the service does not answer.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { dataOf, string } from '../contract/helpers.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

inBrowser('Anywhere in the console', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 40);
  });
  afterAll(() => stage.leave());

  it.each(['/', 'Control+k', 'Meta+k'])(
    '%s leads from an outId to its call, in three steps',
    async (keys) => {
      const { ledger, visitor } = stage;
      const { page } = visitor;
      const calls = dataOf(await ledger.get('/v1/calls?limit=200'));
      const outIds = calls.map(({ outId }) => outId).filter((outId) => typeof outId === 'string');
      const once = outIds.find((outId, _index, all) => all.filter((other) => other === outId).length === 1);
      const outId = string(once);
      await visitor.open('/keys');
      await page.keyboard.press(keys);
      const box = page.getByRole('dialog').getByRole('combobox', { name: 'Find by any id, number or name' });
      await box.fill(outId);
      await page.locator('.search-found').getByRole('option').first().waitFor();
      expect(await visitor.violations()).toEqual([]);
      await page.keyboard.press('Enter');
      await visitor.holds(
        `location.hash === ${JSON.stringify(`#/calls?outId=${encodeURIComponent(outId)}`)}`,
      );
      await visitor.seesNoMore(page.getByRole('dialog'));
      await page.locator('tbody a').first().click();
      await visitor.sees('Timeline', outId);
    },
  );

  it('a slash that is typed is a slash', async () => {
    const { visitor } = stage;
    await visitor.open('/nowhere');
    await visitor.open('/calls');
    const box = visitor.page.getByRole('combobox', { name: /^Find by/ });
    await box.fill('a');
    await box.press('/');
    expect([await box.inputValue(), await visitor.page.getByRole('dialog').count()]).toEqual(['a/', 0]);
  });

  it('a view is kept under a name, with its range and filters, until it is removed', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    await visitor.open('/calls?span=7d&answered=false');
    await page.getByRole('button', { name: 'Save this view' }).click();
    await page.getByLabel('Name of the view').fill('Missed <b>');
    expect(await visitor.violations()).toEqual([]);
    await page.keyboard.press('Enter');
    await visitor.open('/keys');
    await page.reload();
    await page.getByRole('link', { name: 'Missed <b>' }).click();
    await visitor.holds(`location.hash === '#/calls?span=7d&answered=false'`);
    await page.getByRole('button', { name: 'Remove the saved view Missed <b>' }).click();
    await visitor.seesNoMore(page.getByRole('link', { name: 'Missed <b>' }));
  });

  it('columns of calls are chosen, and stay chosen', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    await visitor.open('/calls');
    await page.getByText('Columns', { exact: true }).click();
    await page.getByRole('checkbox', { name: 'Number shown' }).check();
    await page.getByRole('checkbox', { name: 'Batch' }).uncheck();
    const heads = () => page.locator('thead th').allInnerTexts();
    await page.getByRole('columnheader', { name: 'Number shown' }).waitFor();
    expect(await visitor.violations()).toEqual([]);
    await page.reload();
    await page.getByRole('columnheader', { name: 'Number shown' }).waitFor();
    expect(await heads()).not.toContain('Batch');
    await page.getByText('Columns', { exact: true }).click();
    await page.getByRole('checkbox', { name: 'Number shown' }).uncheck();
    await page.getByRole('checkbox', { name: 'Batch' }).check();
  });

  it('charts and tables are saved as files, and tables sorted', async () => {
    const { visitor, sample } = stage;
    const { page } = visitor;
    await visitor.open(`/tasks/${sample.taskId}?span=30d`);
    const saved = async (name: string) => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name }).first().click();
      const file = await download;
      return [file.suggestedFilename(), readFileSync(await file.path())] as const;
    };
    const [csvName, csv] = await saved('Save as CSV: Calls over time');
    expect(csvName).toBe('Calls over time.csv');
    expect(csv.toString('utf8').split('\r\n')[0]).toBe('\uFEFFTime,Calls,Answered');
    const [pngName, png] = await saved('Save as PNG: Answer rate');
    expect([pngName, png.subarray(1, 4).toString()]).toEqual(['Answer rate.png', 'PNG']);
    const [, batches] = await saved('Save as CSV: Batches compared');
    expect(batches.toString('utf8').split('\r\n').length).toBeGreaterThan(3);
    const calls = page.locator('.table', { hasText: 'Batch' }).locator('tbody tr td:nth-child(3)');
    await page.getByRole('columnheader', { name: 'Calls' }).getByRole('button').click();
    const numbers = (await calls.allInnerTexts()).map(Number);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  });

  it('an outage is told once, within seconds, and the view goes on by itself', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    await visitor.open('/overview?span=30d');
    await visitor.sees(/^Updated \d+ s ago$/);
    await page.context().setOffline(true);
    await visitor.sees('The service does not answer');
    expect(await page.getByText('The service does not answer').count()).toBe(1);
    expect(await visitor.violations()).toEqual([]);
    await page.goto(`${stage.ledger.url}/console#/calls`);
    await page.getByRole('heading', { name: 'Calls' }).waitFor();
    expect(await page.getByText('The service does not answer').count()).toBe(1);
    await page.context().setOffline(false);
    await visitor.sees('50 shown');
    await visitor.seesNoMore(page.getByText('The service does not answer'));
  });
});
