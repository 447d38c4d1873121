// A Node.js that is too old is told so, instead of failing at what it does not know.
import { describe, expect, it } from 'vitest';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAMS = [
  'scripts/start.mjs',
  'scripts/build.mjs',
  'scripts/simulate.mjs',
  'scripts/bench.mjs',
  'scripts/api-types.mjs',
  'scripts/build-client.mjs',
  'scripts/collection.mjs',
  'dist/main.js',
];

/** Runs a program as if Node.js were of another version, with settings that it would refuse. */
function run(program: string, version: string) {
  const pretending = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  const preload = `data:text/javascript,${encodeURIComponent(pretending)}`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', preload, program, '--if-changed'],
    {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', PORT: 'none', DATA_DIR: '/nowhere' },
    },
  );
  return { status, output: stdout + stderr };
}

describe('With a Node.js that is too old', () => {
  it.each(PROGRAMS)('%s says in plain words which one is needed, and ends with 1', (program) => {
    for (const version of ['18.20.8', '20.18.3']) {
      const { status, output } = run(program, version);
      expect(output.split('\n')[0]).toBe(`Call Ledger needs Node.js 20.19 or newer; this is ${version}.`);
      expect(output).not.toMatch(/^ +at /m);
      expect(status).toBe(1);
    }
  });

  it('nothing is loaded that it can not load', () => {
    const imports = [...readFileSync(join(ROOT, 'dist/src/main.js'), 'utf8').matchAll(/^import .*$/gm)];
    expect(imports.map(([line]) => line)).toEqual(["import './node-version.mjs';"]);
  });
});

it.each(['20.19.0', '22.0.0', '100.0.0'])(
  'With Node.js %s the service goes on to its settings',
  (version) => {
    expect(run('dist/main.js', version).output).toContain('PORT must be a whole number');
  },
);
