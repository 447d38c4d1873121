// .ci/programs installs what it may. Where it may not, it says why and ends well, so that the tests run all the same.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

/** Without a network, its commands fail: all of them, or those that need the packages themselves. */
function giveFailingAptGet(failing: '*' | '*install*'): void {
  const script = `case "$*" in ${failing}) echo "E: no network" >&2; exit 100 ;; esac`;
  writeFileSync(join(folder, 'apt-get'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** @param candidate the version that could be installed; it stands before a long list of others */
function giveAptCache(candidate: string): void {
  const script = `echo "$2:"; echo "  Installed: (none)"; echo "  Candidate: ${candidate}"; printf '%0200000d' 0`;
  writeFileSync(join(folder, 'apt-cache'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
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
  giveFailingAptGet('*');
  const { status, lines } = run(isRoot ? NOBODY : {});
  expect(lines).toEqual([expect.stringMatching(/^programs: NOT INSTALLED \(.*strace\): only root may/)]);
  expect(status).toBe(0);
});

(isRoot ? describe : describe.skip)('That root could not install them is said (needs root),', () => {
  it.each([
    ['the lists of packages', '*', 'the lists of packages could not be fetched'],
    ['the packages', '*install*', 'they could not be fetched'],
  ] as const)('when %s can not be fetched', (_what, failing, reason) => {
    giveFailingAptGet(failing);
    giveAptCache('1.0');
    const { status, lines } = run();
    expect(lines).toEqual([
      expect.stringMatching(/^programs: installing .*strace$/),
      expect.stringMatching(new RegExp(`^programs: NOT INSTALLED \\(.*strace\\): ${reason}: E: no network$`)),
    ]);
    expect(status).toBe(0);
  });

  it('for each package that the system does not have', () => {
    giveFailingAptGet('*install*');
    giveAptCache('(none)');
    const { status, lines } = run();
    expect(lines.at(-1)).toBe('programs: NOT INSTALLED (strace): this system has no such package');
    expect(status).toBe(0);
  });
});
