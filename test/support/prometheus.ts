// The programs of Prometheus itself, where they are installed (Debian's package `prometheus`).
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Where a program is; undefined, and a line that says so, when it is not here. */
export function programOrSkip(name: 'prometheus' | 'promtool'): string | undefined {
  const path = (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (path === undefined)
    console.warn(`SKIPPED: there is no ${name} here (Debian's package prometheus has it)`);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs promtool. @returns what it says, and its exit code */
export function runPromtool(promtool: string, parameters: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(promtool, parameters, { input, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}`.trim() };
}
