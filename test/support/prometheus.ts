// The programs of Prometheus itself, where they are installed (Debian's package `prometheus`).
import { spawnSync } from 'node:child_process';

/** Runs promtool. @returns what it says, and its exit code */
export function runPromtool(promtool: string, parameters: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(promtool, parameters, { input, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}`.trim() };
}
