import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endLeftOverServer } from '../support/processes.js';
import { type LoadedPush, PushLoad } from '../support/push-load.js';
import { record } from '../support/records.js';
import { freePort, ServiceProcess, until } from '../support/service.js';
import { usedDataDir } from '../support/templates.js';

const CONNECTIONS = 48;
/** So many pushes first: the service is warm, and all connections are in use. */
const PUSHES_BEFORE = 500;
const IDS_IN_QUESTION = 100;
/** Within what an orchestrator gives, usually 30 s. */
const LONGEST_SHUTDOWN_MS = 28_000;

let folder: string;
let services: ServiceProcess[];
const dataDir = () => join(folder, 'data');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-shutdown-'));
  services = [];
  await usedDataDir(dataDir());
});
afterEach(async () => {
  for (const service of services) await service.end('SIGKILL');
  await endLeftOverServer(dataDir());
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<ServiceProcess> {
  const service = ServiceProcess.start(dataDir(), await freePort());
  services.push(service);
  return service.ready();
}

describe('SIGTERM under full load', () => {
  it('cuts off no push, ends with code 0, and everything that was answered 200 is there at the next start', async () => {
    const service = await start();
    const load = new PushLoad(service.pushUrl, CONNECTIONS);
    await until('the load', () => load.pushes.length > PUSHES_BEFORE);
    // Not before: a body that takes 5 s is refused.
    const slow = await SlowPush.begin(service, 'slow');
    const stuck = await SlowPush.begin(service, 'stuck');
    const begun = load.pushes.length;
    await until('both to be taken', () => load.pushes.length > begun + 2 * CONNECTIONS);

    const begin = performance.now();
    const ending = service.end('SIGTERM');
    const listenedUntil = await whileItListens(service);
    await slow.finish();
    await load.refused();
    expect(await ending).toBe(0);
    const took = performance.now() - begin;
    expect(took).toBeLessThan(LONGEST_SHUTDOWN_MS);

    const sentBefore = load.pushes.filter(({ sentAt = Infinity }) => sentAt < listenedUntil);
    expect(sentBefore.filter(({ status }) => status !== 200)).toEqual([]);
    const acknowledged = load.pushes.flatMap(({ callId, status }) => (status === 200 ? [callId] : []));
    console.log(
      `${acknowledged.length} pushes answered 200; ended in ${Math.round(took)} ms, listening for ` +
        `${Math.round(listenedUntil - begin)} ms of them; not answered: ${reasonsOf(load.pushes)}`,
    );
    expect(await slow.answer()).toMatch(/^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n[^]*"code":0/i);
    // Cut off at the end, or as too slow before.
    expect(await stuck.answer()).toMatch(/^$|^HTTP\/1\.1 408 /);

    const next = await start();
    expect(await missing(next, [...acknowledged, 'slow'])).toEqual([]);
    expect(await next.end('SIGTERM')).toBe(0);
  });
});

/** A push of which only a part has been sent. */
class SlowPush {
  private received = '';

  private constructor(
    private readonly socket: Socket,
    private readonly rest: string,
  ) {
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString()));
    socket.on('error', () => undefined);
  }

  static async begin(service: ServiceProcess, callId: string): Promise<SlowPush> {
    const { hostname, port, pathname } = new URL(service.pushUrl);
    const body = JSON.stringify([record(callId)]);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const head = `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: ${body.length}\r\n\r\n`;
    socket.write(head + body.slice(0, 100));
    return new SlowPush(socket, body.slice(100));
  }

  async finish(): Promise<void> {
    await new Promise((done) => this.socket.write(this.rest, done));
  }

  /** What came until the connection was closed. */
  async answer(): Promise<string> {
    if (!this.socket.closed) await once(this.socket, 'close');
    return this.received;
  }
}

/** The last moment, on the clock of `performance.now()`, at which the service surely listened. */
async function whileItListens(service: ServiceProcess): Promise<number> {
  let last = performance.now();
  for (;;) {
    const begin = performance.now();
    // A connection alone may be the system's, which accepts them for the service, and does so until it is too late.
    const headers = { connection: 'close' };
    const isTaken = await fetch(`${service.url}/health/live`, { headers }).then(
      () => true,
      () => false,
    );
    if (!isTaken) return last;
    last = begin;
    await wait(2);
  }
}

/** How often which. */
function reasonsOf(pushes: readonly LoadedPush[]): string {
  const counts = new Map<string, number>();
  for (const { failure } of pushes) {
    if (failure !== undefined) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `${count} × ${reason}`).join(', ');
}

/** Which of the calls the ledger does not have, once the journal is drained. */
async function missing(service: ServiceProcess, callIds: readonly string[]): Promise<string[]> {
  let left = [...callIds];
  await until('all calls', async () => {
    const found = new Set<string>();
    for (let at = 0; at < left.length; at += IDS_IN_QUESTION) {
      const ids = left.slice(at, at + IDS_IN_QUESTION).join(',');
      const page = (await service.get(`/v1/calls?limit=${IDS_IN_QUESTION}&callId=${ids}`)) as {
        data: { callId: string }[];
      };
      for (const { callId } of page.data) found.add(callId);
    }
    left = left.filter((callId) => !found.has(callId));
    return left.length === 0;
  }).catch(() => undefined);
  return left;
}
