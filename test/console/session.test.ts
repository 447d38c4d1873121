// Who is signed in to the console: what their key may do, and until when.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from 'playwright-core';
import { makeKey, revoke, withKey } from '../support/api-keys.js';
import { API_KEY } from '../support/ledger.js';
import { until } from '../support/service.js';
import { installedBrowser } from './browser.js';
import { setStage, type Stage } from './stage.js';
import { Visitor } from './visitor.js';

const executable = installedBrowser();
const inBrowser = executable === undefined ? describe.skip : describe;

let stage: Stage;

inBrowser('The session of the console', () => {
  beforeAll(async () => {
    stage = await setStage(executable ?? '', 20);
  });
  afterAll(() => stage.leave());

  it('offers a key what it may do, masks what it may not see, and keeps the key in this tab alone', async () => {
    const { ledger, browser } = stage;
    const { key } = await makeKey(ledger, { name: 'Calls alone', scopes: ['calls:read'] });
    const other = await Visitor.at(browser, ledger.url);
    await other.page.getByLabel('API key').fill('clk_wrong');
    await other.page.keyboard.press('Enter');
    await other.page.getByText('Unknown, expired or revoked key.').waitFor();
    expect(await other.violations()).toEqual([]);
    await other.signIn(key);
    expect(await other.page.locator('nav[aria-label="Views"] a').allInnerTexts()).toEqual([
      'Calls',
      'Followers',
    ]);
    await other.sees(/^\d{3}\*{4}\d{4}$/);
    // No way to campaigns, which this key may not see.
    expect(await other.page.locator('tbody a[href^="#/tasks"]').count()).toBe(0);
    expect(await other.text()).not.toMatch(/\b1200\d{7}\b/);
    await other.open('/deliveries');
    await other.sees('Page not found');
    expect(await other.page.evaluate('JSON.stringify([{ ...localStorage }, location.href])')).not.toContain(
      key,
    );
    await other.page.reload();
    await other.page.getByText('Calls alone').waitFor();
    await other.page.getByRole('button', { name: 'Sign out' }).click();
    expect(await other.page.evaluate('sessionStorage.length')).toBe(0);
    await other.leave();
  });

  it('keeps who is signed in while the service is away, and goes on once it is back', async () => {
    const { ledger, proxy, browser } = stage;
    const { key } = await makeKey(ledger, { name: 'Patient', scopes: ['calls:read'] });
    const patient = await Visitor.at(browser, ledger.url);
    const { page } = patient;
    await patient.signIn(key);
    await page.route('**/v1/**', (route) => route.abort());
    await page.reload();
    await patient.sees('The service does not answer', /^You are still signed in/);
    await page.unroute('**/v1/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.frame').waitFor();
    await proxy.refuse();
    // Keys that were asked for just now are still known.
    await until('the key', async () => (await withKey(ledger, key, '/v1/api-keys/current')).status === 503);
    await page.reload();
    await patient.sees('The database is unavailable', /^You are still signed in/);
    expect(await patient.violations()).toEqual([]);
    await proxy.acceptAgain();
    await page.locator('.frame').waitFor();
    await patient.leave();
  });

  it('says so when the key that was kept has ended, and only then forgets it', async () => {
    const { ledger, browser } = stage;
    const { id, key } = await makeKey(ledger, { name: 'Ended', scopes: ['calls:read'] });
    const late = await Visitor.at(browser, ledger.url);
    await late.signIn(key);
    await revoke(ledger, id);
    await until('its end', async () => (await withKey(ledger, key, '/v1/api-keys/current')).status === 401);
    await late.page.reload();
    await late.sees('Your sign-in has expired or was revoked. Sign in again.');
    expect(await late.page.evaluate('sessionStorage.length')).toBe(0);
    await late.leave();
  });

  it('is not ended by a late answer to the key of before', async () => {
    const { ledger, browser } = stage;
    const { id, key } = await makeKey(ledger, { name: 'Before', scopes: ['calls:read'] });
    const heir = await Visitor.at(browser, ledger.url);
    const { page } = heir;
    const held: Route[] = [];
    await page.route('**/v1/status-codes', (route) => held.push(route), { times: 1 });
    await heir.signIn(key);
    await until('the question', () => held.length > 0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heir.signIn(API_KEY);
    await revoke(ledger, id);
    await until('its end', async () => (await withKey(ledger, key, '/v1/api-keys/current')).status === 401);
    const answered = page.waitForResponse((response) => response.request() === held[0]?.request());
    await held[0]?.continue();
    expect((await answered).status()).toBe(401);
    await (await answered).finished();
    await heir.open('/keys');
    await heir.sees('Before');
    expect(await page.evaluate('sessionStorage.length')).toBe(1);
    await heir.leave();
  });

  it('leads to the licences before anybody is signed in, in both languages', async () => {
    const { ledger, browser } = stage;
    const reader = await Visitor.at(browser, ledger.url);
    const address = () => reader.page.getByRole('link').evaluate((link: { href?: string }) => link.href);
    expect(await reader.page.getByRole('link').innerText()).toBe('Licences');
    expect(await address()).toBe(`${ledger.url}/console/assets/licences.txt`);
    await reader.page.getByRole('button', { name: '中文' }).click();
    await reader.page.getByRole('link', { name: '许可证' }).waitFor();
    expect(await reader.violations()).toEqual([]);
    await reader.leave();
  });

  it('works where the browser keeps nothing for it, until the page is loaded anew', async () => {
    const { ledger, browser } = stage;
    const blocked = await Visitor.at(browser, ledger.url);
    const { page } = blocked;
    // As Chromium answers where site data is blocked.
    await page.addInitScript(`for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get() { throw new DOMException('Access is denied', 'SecurityError'); } });`);
    await page.reload();
    await blocked.signIn(API_KEY);
    await blocked.open('/calls');
    await page.getByRole('button', { name: '中文' }).click();
    await blocked.sees('通话');
    await page.getByRole('button', { name: '退出' }).click();
    await page.getByLabel('API 密钥').waitFor();
    await blocked.leave();
  });

  it('says what is no key, and which key opens nothing', async () => {
    const { ledger, browser } = stage;
    const { key } = await makeKey(ledger, { name: 'Numbers alone', scopes: ['numbers:read'] });
    const guest = await Visitor.at(browser, ledger.url);
    for (const [typed, text] of [
      ['密钥', 'That does not look like an API key.'],
      ['two words', 'That does not look like an API key.'],
      [key, 'This key may not see any page.'],
    ] as const) {
      await guest.page.getByLabel('API key').fill(typed);
      await guest.page.keyboard.press('Enter');
      await guest.sees(text);
      await guest.holds(`document.activeElement.type === 'password'`);
      expect(await guest.violations()).toEqual([]);
    }
    await guest.leave();
  });
});
