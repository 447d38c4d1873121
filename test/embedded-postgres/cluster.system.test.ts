import { afterAll, describe, expect, it } from 'vitest';
import { appendFile, readdir, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Harness, query, serverOf, serverProcesses, until, urlOf } from './harness.js';

describe('The files of the embedded PostgreSQL', () => {
  const harness = new Harness();
  afterAll(() => harness.clean());

  it.concurrent(
    'are never half made: kill -9 during initdb leaves nothing that the next start does not clear away',
    async () => {
      const dataDirectory = await harness.folder();
      for (const part of ['global', 'base', 'pg_wal']) {
        const owner = await harness.owner(dataDirectory);
        await until(`initdb has made ${part}`, async () => {
          const names = await readdir(dataDirectory);
          const drafts = names.filter((name) => name.includes(String(owner.pid)));
          const made = await Promise.all(
            drafts.map((name) => readdir(join(dataDirectory, name, 'cluster')).catch(() => [])),
          );
          return made.flat().includes(part);
        });
        await owner.kill();
        expect(await readdir(dataDirectory)).not.toContain('postgres');
      }
      const next = harness.embedded(dataDirectory);
      expect(await query(await next.server.start(), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
      expect((await readdir(dataDirectory)).filter((name) => name.startsWith('postgres.new'))).toEqual([]);
      await next.server.stop();
    },
  );

  it.concurrent(
    'get another password when nobody owns them, whether a server was left running or not, and keep all that is in them',
    async () => {
      const dataDirectory = await harness.folder();
      const killed = await harness.owner(dataDirectory);
      const first = await urlOf(killed);
      await query(first, 'CREATE TABLE kept AS SELECT 1 AS n');
      await killed.kill();
      for (const changed of ['of-the-second-owner', `it's "yet" \\ another`]) {
        const next = harness.embedded(dataDirectory, { password: changed });
        const url = await next.server.start();
        expect(next.logged).toContainEqual(expect.stringMatching(/made with another password/));
        expect(next.logged.join()).not.toContain(changed);
        expect(await query(url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
        await expect(query(withPort(first, url), 'SELECT 1')).rejects.toThrow(/password/);
        await next.server.stop();
        expect(await serverProcesses(dataDirectory)).toEqual([]);
      }
    },
  );

  it.concurrent('are left alone while another process owns them, whatever the password', async () => {
    const dataDirectory = await harness.usedFolder();
    const owner = await harness.owner(dataDirectory);
    const url = await urlOf(owner);
    const other = harness.embedded(dataDirectory, { password: 'another' });
    await expect(other.server.start()).rejects.toThrow(
      `in use by another Call Ledger process (process id ${owner.pid})`,
    );
    expect(await query(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(await owner.stop()).toBe(0);
  });

  it.concurrent('say what to do when a changed pg_hba.conf refuses every password', async () => {
    const dataDirectory = await harness.usedFolder();
    await writeFile(join(dataDirectory, 'postgres', 'pg_hba.conf'), 'host all all 127.0.0.1/32 reject\n');
    await expect(harness.embedded(dataDirectory).server.start()).rejects.toThrow(
      /password was just set.*pg_hba\.conf/s,
    );
    expect(await serverProcesses(dataDirectory)).toEqual([]);
  });

  it.concurrent('name both versions when another PostgreSQL made them', async () => {
    const dataDirectory = await harness.usedFolder();
    await writeFile(join(dataDirectory, 'postgres', 'PG_VERSION'), '16\n');
    await expect(harness.embedded(dataDirectory).server.start()).rejects.toThrow(
      /made by PostgreSQL 16.*is PostgreSQL 18/s,
    );
  });

  it.concurrent('let the server say itself why it does not start', async () => {
    const dataDirectory = await harness.usedFolder();
    await appendFile(join(dataDirectory, 'postgres', 'postgresql.conf'), 'nonsense = on\n');
    const { server } = harness.embedded(dataDirectory);
    await expect(server.start()).rejects.toThrow(/could not be started.*postgres\.log.*"nonsense"/s);
  });

  it.concurrent('may lie behind symbolic links', async () => {
    const dataDirectory = await harness.usedFolder();
    const elsewhere = await harness.folder();
    await rename(join(dataDirectory, 'postgres'), join(elsewhere, 'cluster'));
    await symlink(join(elsewhere, 'cluster'), join(dataDirectory, 'postgres'));
    await symlink(dataDirectory, join(elsewhere, 'data'));
    const owner = await harness.owner(dataDirectory);
    const url = await urlOf(owner);
    await owner.kill();
    const next = harness.embedded(join(elsewhere, 'data'));
    expect(await next.server.start()).toBe(url);
    await next.server.stop();
    expect(await serverProcesses(elsewhere)).toEqual([]);
  });

  it.concurrent('are served again after a crash left an empty postmaster.pid', async () => {
    const dataDirectory = await harness.usedFolder();
    const lockFile = join(dataDirectory, 'postgres', 'postmaster.pid');
    await writeFile(lockFile, '');
    await utimes(lockFile, 0, 0);
    const next = harness.embedded(dataDirectory);
    expect(await query(await next.server.start(), 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect((await serverOf(dataDirectory)).pid).toBeGreaterThan(0);
  });
});

/** The URL with the port of another one. */
function withPort(url: string, other: string): string {
  return Object.assign(new URL(url), { port: new URL(other).port }).href;
}
