// A person at the console: what they see, where they click. Whatever the page complains of fails the test.
import { expect } from 'vitest';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { until } from '../support/service.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A busy machine may take ten times as long as a quiet one. */
const PATIENCE_MS = 120_000;

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

export class Visitor {
  /** What the page, or the browser about it, complained of. */
  readonly complaints: string[] = [];
  /** Requests to anybody but the service. */
  readonly strangers: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  static async at(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({
      locale: 'en-GB',
      timezoneId: 'Asia/Shanghai',
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const visitor = new Visitor(page, url);
    page.on('pageerror', (error) => visitor.complaints.push(String(error)));
    page.on('console', (message) => {
      // The browser notes every answer that is no success; those the tests want.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        visitor.complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('blob:'))
        visitor.strangers.push(request.url());
    });
    await page.goto(`${url}/console`);
    return visitor;
  }

  async signIn(key: string): Promise<void> {
    await this.page.getByLabel(/API key|API 密钥/).fill(key);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.frame').waitFor();
  }

  /** Goes to a view by its address, and waits until all that it shows is there. */
  async open(hash: string): Promise<void> {
    await this.page.goto(`${this.url}/console#${hash}`);
    await this.settled();
  }

  /** @throws Error when something is still waited for */
  async settled(): Promise<void> {
    await this.holds(
      `document.querySelector('h1') !== null && document.querySelector('.loading, [aria-busy="true"]') === null`,
    );
  }

  /** Waits until a condition holds in the page. Playwright's own way would have the page evaluate text, which it may not. */
  holds(condition: string): Promise<void> {
    return until(condition, async () => (await this.page.evaluate(condition)) === true);
  }

  /** What a person reads in the view. */
  text(): Promise<string> {
    return this.page.locator('main').innerText();
  }

  async sees(...texts: readonly (string | RegExp)[]): Promise<void> {
    for (const text of texts) {
      const seen = this.page.locator('main').getByText(text).filter({ visible: true });
      await seen.first().waitFor();
    }
  }

  /** Waits until nothing is there. What goes away may do so a moment after what comes. */
  async seesNoMore(what: Locator): Promise<void> {
    await until('it to be gone', async () => (await what.count()) === 0);
  }

  /** What axe finds wrong by the rules of WCAG 2.2 AA and its best practices, each with where. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(AXE);
    const found: unknown = await this.page.evaluate('axe.run()');
    return (found as AxeResult).violations.flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 3)
        .map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
  }

  /** @throws Error when the page complained, or asked anybody else */
  async leave(): Promise<void> {
    await this.page.context().close();
    expect(this.complaints).toEqual([]);
    expect(this.strangers).toEqual([]);
  }
}
