import { describe, expect, it } from 'vitest';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { commandLine, processIdentity } from '../../embedded-postgres/operating-system/process-info.js';
import { until } from '../support/service.js';

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

/** As long a program that says nothing of itself is waited for. */
const LONGEST_LOAD_MS = 1000;
/** One of those that the kernel's own process 2 has started; none is seen in a container. */
const KERNEL_THREAD = existsSync('/proc/2/stat')
  ? readdirSync('/proc').find((name) => /^\d+$/.test(name) && parentOf(name) === '2')
  : undefined;

function parentOf(pid: string): string | undefined {
  try {
    return /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    // Ended meanwhile.
    return undefined;
  }
}

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('What is known of a process', () => {
  it('is its command line also while it becomes another program', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { child, pid } = await started(CHAIN);
      const seen = new Set<string>();
      const isLast = async () => {
        // Between two looks of the condition's own there may be a whole program.
        for (let look = 0; look < 50; look += 1) seen.add(await commandLine(pid));
        return seen.has('sleep 1000 ');
      };
      try {
        await until('the last program', isLast);
        expect(seen).not.toContain('');
      } finally {
        await end(child);
      }
    }
  });

  it('is nothing when it is a zombie, and when it is gone', async () => {
    const { child } = await started('sleep 0.5 & echo $!; exec sleep 1000');
    const [printed] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    const zombie = Number(printed.toString());
    await until('the child to end', async () => (await commandLine(zombie)) === '');
    expect(await processIdentity(zombie)).toMatch(new RegExp(`^${zombie}-\\d+$`));
    await end(child);
    expect(await commandLine(Number(child.pid))).toBe('');
    expect(await processIdentity(Number(child.pid))).toBeUndefined();
  });

  (KERNEL_THREAD === undefined ? it.skip : it)(
    'is nothing, and at once, when it is a thread of the kernel',
    async () => {
      const begin = performance.now();
      expect(await commandLine(Number(KERNEL_THREAD))).toBe('');
      expect(performance.now() - begin).toBeLessThan(LONGEST_LOAD_MS);
    },
  );

  it('is an identity that another process with the same id would not have', async () => {
    const [first, second] = [await started('exec sleep 1000'), await started('exec sleep 1000')];
    const identity = await processIdentity(first.pid);
    expect(identity).toBe(await processIdentity(first.pid));
    expect(identity?.split('-')[0]).toBe(String(first.pid));
    expect(identity).not.toBe(await processIdentity(second.pid));
    await Promise.all([end(first.child), end(second.child)]);
  });
});
