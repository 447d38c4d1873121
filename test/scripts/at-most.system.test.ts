import { describe, expect, it } from 'vitest';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { commandLine } from '../../embedded-postgres/operating-system/process-info.js';
import { until } from '../support/service.js';

/** In minutes: some four seconds. */
const SOON = '0.07';

async function run(minutes: string, script: string) {
  const args = ['scripts/at-most.mjs', minutes, 'sh', '-c', script];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, output, errors };
}

describe('A command with a bound', () => {
  it.each([
    ['0', 'exit 0', 0],
    ['what the command ends with', 'exit 7', 7],
    ['128 and the number of the signal that ends it', 'kill -9 $$', 137],
  ])('that keeps to it is run to its end: %s', async (_, script, code) => {
    expect(await run('1', `echo here; ${script}`)).toEqual({ code, output: 'here\n', errors: '' });
  });

  it.each([
    ['goes on for too long', 'sleep 1000'],
    ['has stopped itself and all beside it', 'kill -STOP 0; sleep 1000'],
  ])('that %s is ended with all that it has started, and that is told', async (_, script) => {
    const { code, output, errors } = await run(SOON, `sleep 1000 & echo $!; ${script}`);
    expect([code, errors]).toEqual([124, expect.stringContaining(`longer than ${SOON} minutes`)]);
    const started = Number(output);
    expect(started).toBeGreaterThan(1);
    await until('what it has started to end', async () => (await commandLine(started)) === '');
  });

  it('must have both', async () => {
    const { code, errors } = await run('soon', 'exit 0');
    expect([code, errors]).toEqual([1, expect.stringContaining('usage: node scripts/at-most.mjs')]);
  });
});
