// People sign in to the console with their company's account, in a real browser, at a real identity provider.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { TestProvider } from '../support/identity-provider.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { freePort, until } from '../support/service.js';
import { type LedgerProcess, pushed, spawnLedger } from '../contract/helpers.js';
import { installedBrowser, launch } from './browser.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;
const BUTTON = 'Sign in with your company account';
const ENDED = 'Your sign-in has expired or was revoked. Sign in again.';
const PEOPLE = {
  ada: { name: 'Ada Example', groups: ['managers'] },
  root: { name: 'Root Example', groups: ['admins'] },
  stranger: { name: 'Stan Stranger', groups: ['gardeners'] },
};

inBrowser("The company's account", () => {
  let provider: TestProvider;
  let ledger: TestLedger;
  let other: LedgerProcess;
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    provider = await TestProvider.start([url]);
    await provider.has(PEOPLE);
    ledger = await startLedger({ ...provider.settings(url), PORT: String(port) });
    other = await spawnLedger({ ...provider.settings(url), DATABASE_URL: ledger.database.url });
    browser = await launch(executable ?? '');
    await pushed(ledger, [record('one')]);
  });
  afterAll(async () => {
    await browser.close();
    await other.stop();
    await ledger.stop();
    await provider.stop();
  });

  /** A browser of its own, at a place of the console, that does not mind the provider's pages. */
  async function visitor(hash = '', at = url): Promise<Visitor> {
    const visitor = await Visitor.at(browser, at);
    if (hash !== '') await visitor.page.goto(`${at}/console#${hash}`);
    return visitor;
  }

  async function throughProvider({ page }: Visitor, login: string): Promise<void> {
    await page.getByRole('button', { name: BUTTON }).click();
    await page.locator('input[name="login"]').fill(login);
    await page.locator('input[name="password"]').fill('any');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
  }

  async function signIn(login: string, hash = ''): Promise<Visitor> {
    const visitor = await Visitor.at(browser, url);
    if (hash !== '') await visitor.page.goto(`${url}/console#${hash}`);
    await throughProvider(visitor, login);
    await visitor.page.locator('.frame').waitFor();
    return visitor;
  }

  const leave = (visitor: Visitor) => visitor.page.context().close();
  const name = (visitor: Visitor) => visitor.page.locator('.who-name').innerText();

  it('lets people in, back to where they were, by their name, and a reload keeps them', async () => {
    const ada = await signIn('ada', '/calls?taskId=task-1');
    expect(ada.page.url()).toBe(`${url}/console#/calls?taskId=task-1`);
    expect(await name(ada)).toContain('Ada Example');
    await ada.page.reload();
    await ada.page.locator('.frame').waitFor();
    expect(await ada.page.evaluate('JSON.stringify([{ ...localStorage }, document.cookie])')).toMatch(
      /^\[.*,""\]$/,
    );
    await leave(ada);
  });

  it('shows people without a group that gives access why they are not let in', async () => {
    const stranger = await visitor();
    await throughProvider(stranger, 'stranger');
    await stranger.page.getByText('You have no access to Call Ledger').waitFor();
    await leave(stranger);
  });

  it('lets nobody in with a wrong state', async () => {
    const victim = await visitor();
    await victim.page.goto(`${url}/auth/callback?code=stolen&state=wrong`);
    await victim.page.getByText('The sign-in was interrupted').waitFor();
    await victim.page.getByRole('link', { name: 'Back to the console' }).click();
    await victim.page.getByRole('button', { name: BUTTON }).waitFor();
    await leave(victim);
  });

  it('lets people write, and out everywhere', async () => {
    const root = await signIn('root', '/keys');
    const created = root.page.evaluate(
      `fetch('/v1/api-keys', { method: 'POST', body: '{"name":"x","scopes":["calls:read"]}' }).then((r) => r.status)`,
    );
    // The page of another site can do no more than this.
    expect(await created).toBe(403);
    await root.page.getByRole('button', { name: 'New key' }).click();
    const dialog = root.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('By a person');
    await dialog.getByRole('checkbox', { name: 'calls:read' }).check();
    await dialog.getByRole('button', { name: 'New key' }).click();
    await dialog.getByText(/^clk_/).waitFor();
    const elsewhere = await root.page.context().newPage();
    await elsewhere.goto(`${other.url}/console`);
    await elsewhere.locator('.frame').waitFor();
    await root.page.keyboard.press('Escape');
    await root.page.getByRole('button', { name: 'Sign out' }).click();
    await root.page.getByRole('button', { name: BUTTON }).waitFor();
    await until('the other process to know', async () => {
      await elsewhere.reload();
      await elsewhere.locator('.frame, .sign-in form').first().waitFor();
      return elsewhere.getByRole('button', { name: BUTTON }).isVisible();
    });
    await leave(root);
  });

  it.each([
    ['has expired', () => ledger.database.query('UPDATE sessions SET expires_at = now()')],
    [
      'has lost its role',
      async () => {
        await provider.has({ ...PEOPLE, ada: { name: 'Ada Example', groups: [] } });
        await ledger.database.query("UPDATE sessions SET checked_at = checked_at - interval '6 minutes'");
      },
    ],
  ])('leads back to the sign-in, and then to the same place, when the session %s', async (_how, end) => {
    const ada = await signIn('ada', '/calls?taskId=task-1');
    await end();
    await until('the page to notice', async () => {
      await ada.page.evaluate(
        `location.hash = '#/calls?taskId=task-1&minDuration=${Math.floor(Math.random() * 9)}'`,
      );
      return ada.page.getByText(ENDED).isVisible();
    });
    await provider.has(PEOPLE);
    const place = ada.page.url();
    // The provider still knows this browser, and only asks for consent.
    await ada.page.getByRole('button', { name: BUTTON }).click();
    await ada.page.getByRole('button', { name: 'Continue' }).click();
    await ada.page.locator('.frame').waitFor();
    expect(ada.page.url()).toBe(place);
    await leave(ada);
  });
});
