// One command runs the long forms of the tests, and tells in a table what became of each.
import { expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function testLong(...parameters: string[]) {
  const args = ['scripts/test-long.mjs', ...parameters];
  // That of these tests is not for those.
  const { TEST_DATABASE_URL: _url, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' });
  const lines = stdout.trim().split('\n');
  return { status, lines, table: lines.slice(lines.findIndex((line) => line.startsWith('part '))), stderr };
}

it('Every part that there is has a line in CONTRIBUTING.md', () => {
  const { status, lines } = testLong('--list');
  expect(status).toBe(0);
  const [, tests = ''] = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8').split('## Tests\n');
  const described = [...tests.matchAll(/^\| ((?:`[\w.-]+`(?:, )?)+) +\|/gm)].flatMap(([, names = '']) =>
    names.replaceAll('`', '').split(', '),
  );
  expect(described).toEqual(lines.map((line) => line.split(' ')[0]));
});

it('A part that there is not is refused, with those that there are', () => {
  const { status, lines, stderr } = testLong('models');
  expect([status, stderr.trim()]).toEqual([2, 'There is no part models. There are:']);
  expect(lines).toContainEqual(expect.stringMatching(/^model /));
});

it('What has passed is counted', () => {
  const { status, table } = testLong('fuzz', 'test/time/utc-offset');
  expect(table).toEqual([
    expect.stringMatching(/^part +minutes +passed +failed +skipped$/),
    expect.stringMatching(/^fuzz +\d+\.\d +[1-9]\d* +0 +0$/),
  ]);
  expect(status).toBe(0);
});

it('A part that runs no test has failed', () => {
  const { status, table } = testLong('model', 'test/there-are-none');
  expect(table.slice(1)).toEqual([expect.stringMatching(/^model +\d+\.\d +0 +1 +0 {2}[a-z]/)]);
  expect(status).toBe(1);
});

it('The part for a given server has failed if there is none', () => {
  const { status, table } = testLong('given-server');
  expect(table.slice(1)).toEqual([
    expect.stringMatching(/^given-server +0\.0 +0 +1 +0 {2}not run: there is no/),
  ]);
  expect(status).toBe(1);
});
