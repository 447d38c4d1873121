import { describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { commandLine, processIdentity } from '../../../src/persistence/embedded/process-info.js';
import { until } from '../../support/service.js';

/** Each shell becomes the next: as the server's process does, on its way through setpriv and flock. */
const CHAIN = 'exec sh -c "exec sh -c \\"exec sleep 1000\\""';

async function started(script: string): Promise<{ child: ChildProcess; pid: number }> {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child, 'spawn');
  return { child, pid: Number(child.pid) };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('What is known of a process', () => {
  it('is its command line also while it becomes another program', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      const { child, pid } = await started(CHAIN);
      while (!seen.has('sleep 1000 ')) seen.add(await commandLine(pid));
      const last = Date.now() + 10;
      while (Date.now() < last) seen.add(await commandLine(pid));
      await end(child);
      expect(seen).not.toContain('');
      seen.delete('sleep 1000 ');
    }
  });

  it('is nothing when it is a zombie, and when it is gone', async () => {
    const { child } = await started('sleep 0.05 & echo $!; exec sleep 1000');
    const [printed] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    const zombie = Number(printed.toString());
    await until('the child to end', async () => (await commandLine(zombie)) === '');
    expect(await processIdentity(zombie)).toMatch(new RegExp(`^${zombie}-\\d+$`));
    await end(child);
    expect(await commandLine(Number(child.pid))).toBe('');
    expect(await processIdentity(Number(child.pid))).toBeUndefined();
  });

  it('is nothing, and at once, when it is a thread of the kernel', async () => {
    const begin = Date.now();
    const lines = await Promise.all([2, 3, 4].map(commandLine));
    // In a container these ids may be ordinary processes, or none.
    if (lines.every((line) => line === '')) expect(Date.now() - begin).toBeLessThan(900);
  });

  it('is an identity that another process with the same id would not have', async () => {
    const [first, second] = [await started('exec sleep 1000'), await started('exec sleep 1000')];
    const identity = await processIdentity(first.pid);
    expect(identity).toBe(await processIdentity(first.pid));
    expect(identity?.split('-')[0]).toBe(String(first.pid));
    expect(identity).not.toBe(await processIdentity(second.pid));
    await Promise.all([end(first.child), end(second.child)]);
  });
});
