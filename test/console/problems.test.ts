// The console when something goes wrong: what is shown, and how a person goes on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, string } from '../contract/helpers.js';
import { API_KEY } from '../support/ledger.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

inBrowser('The console in trouble', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 20);
  });
  afterAll(() => stage.leave());

  it('reads a push only when somebody asks for it', async () => {
    const { ledger, sample, visitor } = stage;
    const reads = async () => dataOf(await ledger.get('/v1/audit-events?action=body.read&limit=1000')).length;
    const [entry] = dataOf(await ledger.get(`/v1/quarantine?deliveryId=${sample.delivery}`));
    for (const [hash, text] of [
      [`/calls/${encodeURIComponent(sample.corrected)}`, /"callId"/],
      [`/deliveries/${sample.delivery}`, /"beside"/],
      [`/quarantine/${string(entry?.['id'])}`, /"beside"/],
    ] as const) {
      const before = await reads();
      await visitor.open(hash);
      expect([hash, await reads()]).toEqual([hash, before]);
      await visitor.page.getByRole('button', { name: 'Show payload' }).click();
      await visitor.sees(text);
      expect([hash, await reads()]).toEqual([hash, before + 1]);
    }
  });

  it('keeps the navigation when a view breaks, and leads on', async () => {
    const { visitor } = stage;
    const { page } = visitor;
    // As of a version of the service that answers otherwise.
    await page.route('**/v1/calls?*', (route) => route.fulfill({ json: { data: [null], page: {} } }));
    await visitor.open('/calls');
    await visitor.sees('This page cannot be shown');
    expect(await visitor.violations()).toEqual([]);
    expect(visitor.complaints.splice(0).length).toBeGreaterThan(0);
    await page.getByRole('link', { name: 'Deliveries' }).click();
    await visitor.sees('Commit time');
    await visitor.open('/calls?answered=true');
    await visitor.sees('This page cannot be shown');
    await page.unroute('**/v1/calls?*');
    await page.getByRole('link', { name: 'Back to Calls' }).click();
    await visitor.sees('50 shown');
    expect(visitor.complaints.splice(0).length).toBeGreaterThan(0);
  });

  it('says so when what comes is not of the service', async () => {
    const { sample, visitor } = stage;
    const { page } = visitor;
    const html = { contentType: 'text/html', body: '<h1>Bad gateway</h1>' };
    await page.route('**/v1/deliveries/*/body', (route) => route.fulfill({ status: 502, ...html }));
    await visitor.open(`/deliveries/${sample.delivery}`);
    await page.getByRole('button', { name: 'Show payload' }).click();
    await visitor.sees('Something went wrong');
    await page.unroute('**/v1/deliveries/*/body');
    await page.getByRole('button', { name: 'Try again' }).click();
    await visitor.sees(/"beside"/);
    await page.route('**/v1/deliveries?*', (route) => route.fulfill({ status: 200, ...html }));
    await visitor.open('/deliveries?span=24h');
    await visitor.sees('The answer cannot be read');
    expect(await visitor.violations()).toEqual([]);
    await page.unroute('**/v1/deliveries?*');
  });

  it('does not say that the database is away when something else is busy', async () => {
    const { visitor } = stage;
    const detail = 'The answer takes too long: ask for less, a shorter time or more conditions';
    await visitor.page.route('**/v1/deliveries?*', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({ detail }),
      }),
    );
    await visitor.open('/deliveries?span=7d');
    await visitor.sees('Temporarily unavailable', detail);
    expect(await visitor.text()).not.toContain('The database is unavailable');
    await visitor.page.unroute('**/v1/deliveries?*');
  });

  it('asks again for the meaning of codes that it could not have', async () => {
    const { ledger, browser } = stage;
    const asker = await Visitor.at(browser, ledger.url);
    const [{ smartStatusCode: code } = {}] = dataOf(await ledger.get('/v1/calls?limit=1&answered=true'));
    await asker.page.route('**/v1/status-codes', (route) => route.abort());
    await asker.signIn(API_KEY);
    await asker.open('/calls?answered=true');
    await asker.sees(string(code));
    await asker.page.unroute('**/v1/status-codes');
    await asker.open('/tasks');
    await asker.open('/calls?answered=true');
    await asker.sees('Connected');
    await asker.leave();
  });
});
