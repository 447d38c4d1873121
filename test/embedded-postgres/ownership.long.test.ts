import { afterAll, describe, expect, it } from 'vitest';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findTool } from '../../embedded-postgres/operating-system/unprivileged-user.js';
import { Harness, query, serverOf, serverProcesses, until, urlOf } from './harness.js';
import { signal, signalIfAlive } from '../support/processes.js';

const inUse = /in use by another Call Ledger process \(process id (\d+)\).*DATA_DIR.*DATABASE_URL/s;

describe('The owner of a data directory', () => {
  const harness = new Harness();
  afterAll(() => harness.clean());

  it.concurrent(
    'is followed after kill -9 by the next process, which takes over the running server',
    async () => {
      const dataDirectory = await harness.usedFolder();
      const owner = await harness.owner(dataDirectory);
      const url = await urlOf(owner);
      await query(url, 'CREATE TABLE kept AS SELECT 1 AS n');
      const before = await serverOf(dataDirectory);
      await owner.kill();

      const next = harness.embedded(dataDirectory);
      expect(await next.server.start()).toBe(url);
      expect(await serverOf(dataDirectory)).toEqual(before);
      expect(next.logged).toContainEqual(expect.stringMatching(/Took over the PostgreSQL server/));
      expect(await query(url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
      await next.server.stop();
      expect(await serverProcesses(dataDirectory)).toEqual([]);
    },
  );

  it.concurrent(
    'is followed also when the server died with it, whatever program has got the server’s process id',
    async () => {
      const dataDirectory = await harness.usedFolder();
      const owner = await harness.owner(dataDirectory);
      await urlOf(owner);
      const { pid } = await serverOf(dataDirectory);
      const { uid, gid } = await stat(join(dataDirectory, 'postgres'));
      await owner.kill();
      signalIfAlive(pid, 'SIGKILL');
      await until('the server is gone', async () => (await serverProcesses(dataDirectory)).length === 0);

      // As the server's own user: only such a process makes PostgreSQL believe in another server.
      const user = process.getuid?.() === 0 ? { uid, gid } : {};
      const stranger = spawn('sleep', ['1000'], { stdio: 'ignore', ...user });
      await once(stranger, 'spawn');
      const lockFile = join(dataDirectory, 'postgres', 'postmaster.pid');
      await writeFile(lockFile, (await readFile(lockFile, 'utf8')).replace(/^\d+/, String(stranger.pid)));
      const next = harness.embedded(dataDirectory);
      await next.server.start();
      expect(next.logged).toContainEqual(
        expect.stringMatching(/postmaster\.pid that belongs to no running server/),
      );
      expect(stranger.exitCode).toBeNull();
      await next.server.stop();
      stranger.kill('SIGKILL');
      await once(stranger, 'close');
    },
  );

  it.concurrent('keeps its server when another process wants the folder', async () => {
    const dataDirectory = await harness.usedFolder();
    const owner = await harness.owner(dataDirectory);
    const url = await urlOf(owner);
    const { server } = harness.embedded(dataDirectory);
    const error: unknown = await server.start().catch((reason: unknown) => reason);
    expect(inUse.exec(String(error))?.[1]).toBe(String(owner.pid));
    await server.stop();
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(await owner.stop()).toBe(0);
  });

  it.concurrent.each([
    ['an empty', false],
    ['an existing', true],
  ])('is exactly one of three that start at the same moment on %s folder', async (_name, existing) => {
    const dataDirectory = existing ? await harness.usedFolder() : await harness.folder();
    const starters = await Promise.all([1, 2, 3].map(() => harness.owner(dataDirectory)));
    const outcomes = await Promise.all(starters.map(({ outcome }) => outcome));
    const urls = outcomes.flatMap((outcome) => ('url' in outcome ? [outcome.url] : []));
    expect(urls).toHaveLength(1);
    const winner = starters[outcomes.findIndex((outcome) => 'url' in outcome)];
    for (const outcome of outcomes) {
      if ('error' in outcome) expect(inUse.exec(outcome.error)?.[1]).toBe(String(winner?.pid));
    }
    expect(await query(urls[0] ?? '', 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await Promise.all(starters.map((starter) => starter.stop()));
    expect(await serverProcesses(dataDirectory)).toEqual([]);
  });

  it.concurrent('may hand over while it stops: the next one waits for the shutdown', async () => {
    const dataDirectory = await harness.usedFolder();
    const owner = await harness.owner(dataDirectory);
    await urlOf(owner);
    const next = harness.embedded(dataDirectory);
    const [url] = await Promise.all([next.server.start(), owner.stop()]);
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await next.server.stop();
  });

  it.concurrent('keeps a server that hangs, and is named by the note it left', async () => {
    const dataDirectory = await harness.usedFolder();
    const owner = await harness.owner(dataDirectory);
    const url = await urlOf(owner);
    const { pid } = await serverOf(dataDirectory);
    signal(pid, 'SIGSTOP');
    const other = harness.embedded(dataDirectory);
    const error: unknown = await other.server.start().catch((reason: unknown) => reason);
    signal(pid, 'SIGCONT');
    expect(inUse.exec(String(error))?.[1]).toBe(String(owner.pid));
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await owner.stop();
  });

  it.concurrent('is followed after kill -9 also when the server it left behind hangs', async () => {
    const dataDirectory = await harness.usedFolder();
    const owner = await harness.owner(dataDirectory);
    await urlOf(owner);
    const { pid } = await serverOf(dataDirectory);
    signal(pid, 'SIGSTOP');
    await owner.kill();
    const next = harness.embedded(dataDirectory);
    const url = await next.server.start();
    expect(next.logged).toContainEqual(expect.stringMatching(/does not answer: ending it/));
    expect((await serverOf(dataDirectory)).pid).not.toBe(pid);
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(await readFile(join(dataDirectory, 'postgres.log'), 'utf8')).toMatch(
      /received fast shutdown request/,
    );
    await next.server.stop();
  });

  it.concurrent(
    'waits for a server that it can’t see to release the files, as in another container',
    async () => {
      const flock = await findTool('flock');
      if (process.platform !== 'linux' || flock === undefined) return;
      const dataDirectory = await harness.usedFolder();
      const lockFile = join(dataDirectory, 'postgres', 'postmaster.pid');
      const strangersFile = `${process.pid}\n${dataDirectory}/postgres\n1\n15432\n\n127.0.0.1\n1 1\nready   \n`;
      await writeFile(lockFile, strangersFile);
      const versionFile = join(dataDirectory, 'postgres', 'PG_VERSION');
      const holder = spawn(flock, ['--no-fork', versionFile, 'sleep', '1000'], { stdio: 'ignore' });
      await until('the lock is held', async () =>
        (await readFile(`/proc/${holder.pid ?? 0}/cmdline`, 'utf8')).startsWith('sleep'),
      );
      const { server, logged } = harness.embedded(dataDirectory);
      const started = server.start();
      await until('it waits', () => logged.some((line) => line.includes('release the files')));
      expect(await readFile(lockFile, 'utf8')).toBe(strangersFile);
      holder.kill('SIGKILL');
      expect(await query(await started, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
      await server.stop();
    },
  );
});
