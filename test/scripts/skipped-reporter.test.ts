// Who reads the end of a run knows which tests did not run, and why.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder } from '../support/files.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const FILES = {
  'all.test.js': `it('runs', () => undefined);`,
  'part.test.js': `it('of Windows', () => undefined); it.skip('of Linux', () => undefined);`,
  'told.test.js': `console.warn('SKIPPED: there is no haproxy here'); describe.skip('a', () => { it('b', () => 0); it('c', () => 0); });`,
  'ended.test.js': `it('needs a disk', () => console.warn('SKIPPED: no disk can be mounted here'));`,
};

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'call-ledger-skipped-')));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
afterAll(() => removeFolder(folder));

function skippedIn(parameters: string[]): string[] {
  const reporter = join(ROOT, 'test/support/skipped-reporter.mjs');
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const options = ['--root', folder, '--globals', '--reporter=default', `--reporter=${reporter}`];
  const args = [vitest, 'run', ...options, ...parameters];
  const { stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect(status).toBe(0);
  return stderr.split('\n').filter((line) => line.startsWith('SKIPPED'));
}

it('Each file that skipped tests is named at the end, with the reason or the names of the tests', () => {
  expect(skippedIn([])).toEqual([
    'SKIPPED ended.test.js (0 of 1 tests): no disk can be mounted here',
    'SKIPPED part.test.js (1 of 2 tests): of Linux',
    'SKIPPED told.test.js (2 of 2 tests): there is no haproxy here',
  ]);
});

it('Tests that were not asked for are not named', () => {
  expect(skippedIn(['--testNamePattern', 'runs'])).toEqual([]);
});
