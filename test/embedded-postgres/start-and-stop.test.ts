import { afterAll, describe, expect, it } from 'vitest';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { Harness, password, query, serverOf, serverProcesses, until } from './harness.js';

describe('The embedded PostgreSQL', () => {
  const harness = new Harness();
  afterAll(() => harness.clean());

  it.concurrent(
    'starts in an empty folder, keeps what was committed over a restart, and leaves no process',
    async () => {
      const dataDirectory = await harness.folder('Daten von Jürgen 数据');
      const first = harness.embedded(dataDirectory);
      const url = await first.server.start();
      expect(url).toBe(
        `postgres://call_ledger:${encodeURIComponent(password)}@127.0.0.1:${(await serverOf(dataDirectory)).port}/call_ledger`,
      );
      await query(url, 'CREATE TABLE kept AS SELECT 1 AS n');
      await first.server.stop();
      expect(await serverProcesses(dataDirectory)).toEqual([]);
      expect((await readdir(dataDirectory)).sort()).toEqual(['postgres', 'postgres.log']);

      const second = harness.embedded(dataDirectory);
      expect(await query(await second.server.start(), 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
      await second.server.stop();
      expect(await serverProcesses(dataDirectory)).toEqual([]);
    },
  );

  it.concurrent(
    'is durable, listens on the loopback only, and asks every connection for the password',
    async () => {
      const dataDirectory = await harness.usedFolder();
      const url = await harness
        .embedded(dataDirectory, { settings: { work_mem: '5MB', fsync: 'off' } })
        .server.start();
      const settings = await query<{ name: string; setting: string }>(
        url,
        `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes',
         'data_checksums', 'listen_addresses', 'unix_socket_directories', 'TimeZone', 'server_encoding', 'work_mem')`,
      );
      expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
        fsync: 'on',
        synchronous_commit: 'on',
        full_page_writes: 'on',
        data_checksums: 'on',
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        TimeZone: 'UTC',
        server_encoding: 'UTF8',
        work_mem: '5120',
      });
      expect(await query(url, `SELECT 'Z' < 'a' AS bytewise, lower('ÄΣ') AS lowered`)).toEqual([
        { bytewise: true, lowered: 'äσ' },
      ]);
      const rules = await query(url, 'SELECT DISTINCT auth_method FROM pg_hba_file_rules');
      expect(rules).toEqual([{ auth_method: 'scram-sha-256' }]);
      const { port } = await serverOf(dataDirectory);
      expect(port).toBeGreaterThanOrEqual(15_432);
      expect(port).toBeLessThanOrEqual(32_000);
      await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(/password/);
    },
  );

  it.concurrent(
    'writes a log that nobody else may read, without what callers sent, and keeps it short',
    async () => {
      const dataDirectory = await harness.usedFolder();
      const path = join(dataDirectory, 'postgres.log');
      await writeFile(path, Buffer.alloc(9 * 1024 * 1024, 'x'), { mode: 0o600 });
      const url = await harness.embedded(dataDirectory).server.start();
      await query(url, 'CREATE TABLE numbers (number text PRIMARY KEY)');
      const twice = `INSERT INTO numbers VALUES ('12012345678'), ('12012345678')`;
      await expect(query(url, twice)).rejects.toThrow(/duplicate key/);
      const log = await readFile(path, 'utf8');
      expect(log).toMatch(/duplicate key value violates/);
      expect(log).not.toMatch(/12012345678/);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect((await stat(path)).size).toBeLessThan(100_000);
      expect((await stat(`${path}.1`)).size).toBe(9 * 1024 * 1024);
    },
  );

  it.concurrent('gives nothing of the service’s environment to the server', async () => {
    const dataDirectory = await harness.usedFolder();
    const owner = await harness.owner(dataDirectory, {
      env: { ...process.env, ADMIN_API_KEY: 'secret', PGPORT: '1', PGDATA: '/nowhere' },
    });
    expect(await owner.outcome).toHaveProperty('url');
    const { pid } = await serverOf(dataDirectory);
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toMatch(
      /ADMIN_API_KEY|PGPORT|PGDATA=\/nowhere/,
    );
    await owner.stop();
  });

  it.concurrent('lets the process end by itself after stop()', async () => {
    const dataDirectory = await harness.usedFolder();
    const owner = await harness.owner(dataDirectory);
    expect(await owner.outcome).toHaveProperty('url');
    expect(await owner.stop()).toBe(0);
    expect(await serverProcesses(dataDirectory)).toEqual([]);
  });

  it.concurrent('stops although a client is in the middle of a query', async () => {
    const dataDirectory = await harness.usedFolder();
    const { server } = harness.embedded(dataDirectory);
    const client = new Client(await server.start());
    client.on('error', () => undefined);
    await client.connect();
    const endless = expect(client.query('SELECT pg_sleep(3600)')).rejects.toThrow();
    await server.stop();
    await endless;
    expect(await serverProcesses(dataDirectory)).toEqual([]);
  });

  it.concurrent('may be stopped at any moment of its start, before it, and twice', async () => {
    const dataDirectory = await harness.folder();
    const never = harness.embedded(dataDirectory);
    await never.server.stop();
    await expect(never.server.start()).rejects.toThrow(/stopped before/);
    for (const moment of [/Making a new/, /Starting PostgreSQL/]) {
      const { server, logged } = harness.embedded(dataDirectory);
      const refused = expect(server.start()).rejects.toThrow(/stopped before/);
      await until(`it logs ${String(moment)}`, () => logged.some((line) => moment.test(line)));
      await Promise.all([server.stop(), server.stop()]);
      await refused;
      expect(await serverProcesses(dataDirectory)).toEqual([]);
    }
  });

  it.concurrent('says what stands in the way when the folder holds something else', async () => {
    const dataDirectory = await harness.folder();
    await mkdir(join(dataDirectory, 'postgres'));
    await writeFile(join(dataDirectory, 'postgres', 'diary.txt'), 'not a cluster');
    const { server } = harness.embedded(dataDirectory);
    await expect(server.start()).rejects.toThrow(/holds no PostgreSQL cluster/);
    await server.stop();
  });
});
