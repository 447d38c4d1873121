// A real browser for the tests of the console, where one is installed and wanted.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Set by `npm run test:console` and by CI: else these tests, which take minutes, are skipped. */
const wanted = process.env['CONSOLE_BROWSER'];

/** The browser to use; undefined: none, and a line that says why. */
export function installedBrowser(): string | undefined {
  const found = browserAt(wanted);
  const why =
    wanted === undefined
      ? '`npm run test:console` runs them'
      : 'there is no Chromium here (.ci/programs installs it on Debian)';
  if (wanted !== undefined && found !== undefined) return found;
  console.warn(`SKIPPED: what needs a browser: ${why}`);
  return undefined;
}

/** @param place where one is; `any` or undefined: in the usual places */
export function browserAt(place: string | undefined): string | undefined {
  return [...(place === undefined || place === 'any' ? [] : [place]), ...PLACES].find(existsSync);
}

/** A name of this machine that is none of its own to the browser: pages of it without HTTPS are not to be trusted. */
export const PLAIN_HOST = 'ledger.test';

export function launch(executablePath: string): Promise<Browser> {
  const args = [`--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`];
  // As root, Chromium starts only so.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath, args });
}
