import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, postmasterPid, signal, signalIfAlive, withChildren } from './processes.js';
import { until } from './service.js';

/** Elsewhere there is no list of a process's children to be read. */
const onLinux = process.platform === 'linux' ? describe : describe.skip;

describe('A signal', () => {
  // 0 is the group of the tests themselves, 1 the system's first process, a negative id another group.
  it.each([0, 1, -1, -12345, Number.NaN, 1.5])('is not sent to %p', (pid) => {
    for (const send of [signal, signalIfAlive])
      expect(() => {
        send(pid, 'SIGCONT');
      }).toThrow('is no process');
    expect(() => isAlive(pid)).toThrow('is no process');
  });

  it('to a process that has ended is an error, or nothing where it may have ended', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'close');
    const pid = Number(child.pid);
    expect(isAlive(pid)).toBe(false);
    expect(() => {
      signal(pid, 'SIGCONT');
    }).toThrow('ESRCH');
    signalIfAlive(pid, 'SIGCONT');
  });
});

onLinux('A process with its children', () => {
  let parent: ChildProcess;
  let zombie: number;
  beforeAll(async () => {
    // What the shell becomes does not ask how its child ended.
    parent = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 1000'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [printed] = (await once(parent.stdout ?? parent, 'data')) as [Buffer];
    zombie = Number(printed.toString());
    const state = () => readFileSync(`/proc/${zombie}/stat`, 'utf8').split(') ')[1]?.[0];
    await until('the child to be a zombie', () => state() === 'Z');
  });
  afterAll(async () => {
    const ended = once(parent, 'close');
    parent.kill('SIGKILL');
    await ended;
  });

  it('is itself and them', () => {
    expect(withChildren(Number(parent.pid))).toEqual([parent.pid, zombie]);
  });

  it('is itself alone when it is a zombie', () => {
    expect(withChildren(zombie)).toEqual([zombie]);
  });
});

describe('The server of a data directory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-postmaster-'));
  mkdirSync(join(folder, 'postgres'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['is unknown while its file is still empty', '', undefined],
    ['is unknown when it serves one user alone', '-4711\n', undefined],
    ['is the one in its file', '4711\n/somewhere/postgres\n', 4711],
  ])('%s', (_, content, pid) => {
    writeFileSync(join(folder, 'postgres', 'postmaster.pid'), content);
    expect(postmasterPid(folder)).toBe(pid);
  });
});
