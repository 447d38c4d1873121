import { afterAll, describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { Client } from 'pg';
import { Harness, query, serverOf, serverProcesses, until, urlOf, type Embedded } from './harness.js';
import { signal } from '../support/processes.js';

async function answers(url: string): Promise<boolean> {
  return query(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

function count(embedded: Embedded, pattern: RegExp): number {
  return embedded.logged.filter((line) => pattern.test(line)).length;
}

/** Listens on a port as soon as its holder is gone. */
async function takePort(port: number): Promise<Server> {
  const intruder = createServer((socket) => socket.destroy()).unref();
  await until('the port is taken', async () => {
    intruder.listen(port, '127.0.0.1');
    return once(intruder, 'listening').then(
      () => true,
      () => false,
    );
  });
  return intruder;
}

describe('After a crash of the embedded PostgreSQL', () => {
  const harness = new Harness();
  afterAll(() => harness.clean());

  it.concurrent(
    'the postmaster is started again on the same port, each time, with what was committed',
    async () => {
      const embedded = harness.embedded(await harness.usedFolder());
      const url = await embedded.server.start();
      await query(url, 'CREATE TABLE kept (n int)');
      for (const round of [1, 2]) {
        await query(url, `INSERT INTO kept VALUES (${round})`);
        const { pid, port } = await serverOf(embedded.dataDirectory);
        signal(pid, 'SIGKILL');
        await until('it is back', () => count(embedded, /is back/) === round);
        expect((await serverOf(embedded.dataDirectory)).port).toBe(port);
        expect(await query(url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: round }]);
      }
      await embedded.server.stop();
      expect(await serverProcesses(embedded.dataDirectory)).toEqual([]);
    },
  );

  it.concurrent('a server that is killed while it starts is started once more', async () => {
    const folder = await harness.usedFolder();
    let inTime = 0;
    // One that was ready before the blow is started again too, but otherwise.
    for (let tries = 0; tries < 20 && inTime === 0; tries += 1) {
      const embedded = harness.embedded(folder);
      const started = embedded.server.start();
      const victim = await until('it starts', async () => {
        const server = await serverOf(folder).catch(() => undefined);
        return server !== undefined && server.pid > 0 && server.pid;
      });
      signal(victim, 'SIGKILL');
      await until('it answers', async () => answers(await started));
      await until('it is another one', async () => (await serverOf(folder)).pid !== victim);
      await embedded.server.stop();
      inTime = count(embedded, new RegExp(`process id ${victim}\\) was killed while it started`));
    }
    expect(inTime).toBe(1);
  });

  it.concurrent('a server that was taken over is started again as well', async () => {
    const dataDirectory = await harness.usedFolder();
    const owner = await harness.owner(dataDirectory);
    expect(await owner.outcome).toHaveProperty('url');
    await owner.kill();
    const embedded = harness.embedded(dataDirectory);
    const url = await embedded.server.start();
    signal((await serverOf(dataDirectory)).pid, 'SIGKILL');
    await until('it is back', () => count(embedded, /is back/) === 1);
    expect(await answers(url)).toBe(true);
    await embedded.server.stop();
  });

  it.concurrent(
    'a crashed backend leaves the recovery to the postmaster, and the folder stays ours',
    async () => {
      const embedded = harness.embedded(await harness.usedFolder());
      const url = await embedded.server.start();
      const before = await serverOf(embedded.dataDirectory);
      const victim = new Client(url);
      victim.on('error', () => undefined);
      await victim.connect();
      const { rows } = await victim.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      signal(rows[0]?.pid ?? 0, 'SIGKILL');
      await until('it is back', () => count(embedded, /is back/) === 1);
      expect(await serverOf(embedded.dataDirectory)).toEqual(before);
      const locks = `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND granted`;
      expect(await query(url, locks)).toEqual([{ n: 1 }]);
      await embedded.server.stop();
    },
  );

  it.concurrent('backends that still run keep the files, and the start waits for them', async () => {
    const embedded = harness.embedded(await harness.usedFolder());
    const url = await embedded.server.start();
    const client = new Client(url);
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // It computes, so it does not notice that its postmaster is gone.
    const endless = expect(client.query('SELECT count(*) FROM generate_series(1, 1e12)')).rejects.toThrow();
    const { pid } = await serverOf(embedded.dataDirectory);
    signal(pid, 'SIGKILL');
    await until('it waits', () => count(embedded, /release the files/) === 1);
    expect(await answers(url)).toBe(false);
    signal(rows[0]?.pid ?? 0, 'SIGKILL');
    await endless;
    await until('it is back', () => count(embedded, /is back/) === 1);
    expect(await answers(url)).toBe(true);
    await embedded.server.stop();
  });

  it.concurrent(
    'the server comes back to its port even when another process has had it meanwhile',
    async () => {
      const dataDirectory = await harness.usedFolder();
      const owner = await harness.owner(dataDirectory);
      const url = await urlOf(owner);
      const { pid, port } = await serverOf(dataDirectory);
      owner.child.kill('SIGSTOP');
      signal(pid, 'SIGKILL');
      const other = await harness.owner(dataDirectory);
      expect(await urlOf(other)).not.toBe(url);
      owner.child.kill('SIGCONT');
      await until('it knows that it has lost', () => owner.logged.some((line) => line.includes('in use by')));
      expect(await answers(await urlOf(other))).toBe(true);
      await other.kill();
      await until('it is back', () => owner.logged.some((line) => line.includes('is back')));
      expect((await serverOf(dataDirectory)).port).toBe(port);
      expect(await answers(url)).toBe(true);
      await owner.stop();
      expect(await serverProcesses(dataDirectory)).toEqual([]);
    },
  );

  it.concurrent(
    'a port that another program has taken meanwhile is waited for, and complained of once',
    async () => {
      const embedded = harness.embedded(await harness.usedFolder());
      const url = await embedded.server.start();
      const { pid, port } = await serverOf(embedded.dataDirectory);
      signal(pid, 'SIGKILL');
      const intruder = await takePort(port);
      await until('it waits', () => count(embedded, /Waiting for port/) === 1);
      intruder.close();
      await until('it is back', () => count(embedded, /is back/) === 1);
      expect(count(embedded, /Waiting for port/)).toBe(1);
      expect(await answers(url)).toBe(true);
      await embedded.server.stop();
    },
  );

  it.concurrent('stop() ends the recovery too', async () => {
    const embedded = harness.embedded(await harness.usedFolder());
    await embedded.server.start();
    signal((await serverOf(embedded.dataDirectory)).pid, 'SIGKILL');
    await until('it has noticed', () => count(embedded, /Lost the connection/) === 1);
    await embedded.server.stop();
    expect(await serverProcesses(embedded.dataDirectory)).toEqual([]);
    expect(count(embedded, /^error/)).toBe(0);
  });
});
