// .ci/programs installs what it may. Where it may not, it says why and ends well, so that the tests run all the same.
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeFolder } from '../support/files.mjs';

const SCRIPT = fileURLToPath(new URL('../../.ci/programs', import.meta.url));
const NOBODY = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-programs-'));
  chmodSync(folder, 0o755);
  copyFileSync(SCRIPT, join(folder, 'programs'));
  for (const tool of ['bash', 'cat', 'grep', 'id', 'mktemp', 'rm', 'tail', 'timeout']) link(tool);
});
afterEach(() => removeFolder(folder));

/** Lets the script find a program that is installed. */
function link(program: string): void {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
  if (found !== '') symlinkSync(found, join(folder, program));
}

/** Without a network, each of its commands fails. */
function giveFailingAptGet(): void {
  writeFileSync(join(folder, 'apt-get'), '#!/bin/sh\necho "E: no network" >&2\nexit 100\n', { mode: 0o755 });
}

/** Runs it where strace, which is in no folder for services, is not installed. */
function run(user = {}) {
  const options = { ...user, cwd: '/', env: { PATH: folder }, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(join(folder, 'bash'), [join(folder, 'programs')], options);
  return { status, lines: `${stdout}${stderr}`.trim().split('\n') };
}

it('Where there is no apt-get, the missing programs are named', () => {
  const { status, lines } = run();
  expect(lines).toEqual([
    expect.stringMatching(/^programs: NOT INSTALLED \(.*strace\): there is no apt-get/),
  ]);
  expect(status).toBe(0);
});

it('Another user than root is told how to install them', () => {
  giveFailingAptGet();
  const { status, lines } = run(isRoot ? NOBODY : {});
  expect(lines).toEqual([expect.stringMatching(/^programs: NOT INSTALLED \(.*strace\): only root may/)]);
  expect(status).toBe(0);
});

(isRoot ? it : it.skip)('Where the packages can not be reached, that is said (needs root)', () => {
  giveFailingAptGet();
  const { status, lines } = run();
  expect(lines).toEqual([
    expect.stringMatching(/^programs: installing .*strace$/),
    expect.stringMatching(/^programs: NOT INSTALLED \(.*strace\): the lists of packages .*: E: no network$/),
  ]);
  expect(status).toBe(0);
});
