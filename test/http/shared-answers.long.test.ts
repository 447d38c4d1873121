// What anybody may ask for costs the service next to nothing, however many ask, and whether they read or not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import express from 'express';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONNECTION_LIMITS, oneAtATime } from '../../src/http/connections/limited-http-adapter.js';
import { lowPriority } from '../../src/app.setup.js';
import { RawClient } from '../security/raw-clients.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { samplesOf } from '../support/metrics.js';
import { record } from '../support/records.js';
import { ACCESS, freePort, ServiceProcess, statusOf, until } from '../support/service.js';

const MB = 1024 * 1024;
const FILES = [
  '/openapi.json',
  '/openapi.yaml',
  '/docs',
  '/docs/',
  '/docs/index.html',
  '/docs/swagger-ui-init.js',
  '/docs/swagger-ui-bundle.js',
  '/docs/swagger-ui.css',
  '/docs/favicon-32x32.png',
];
const COLLECTED_AT = 'call_ledger_metrics_collected_timestamp_seconds';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger({}, undefined, { ...CONNECTION_LIMITS, unreadBytes: 8 * MB });
});
afterAll(() => ledger.stop());

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${ledger.url}${path}`, { headers, method });
const encoded = (encoding: string) => ({ 'accept-encoding': encoding });

/** Sends requests and reads nothing of what comes. */
async function openMute(url: string, text: string): Promise<RawClient> {
  const client = await RawClient.open(url);
  client.socket.pause();
  client.write(text);
  return client;
}

/** A connection that nobody reads tells of its end only when something is written. */
async function untilEnded(clients: readonly RawClient[], count: number): Promise<void> {
  await until(`${count} ended connections`, () => {
    for (const client of clients) client.write('x');
    return clients.filter(({ isEnded }) => isEnded).length >= count;
  });
}

describe('The description and its page', () => {
  it.each(FILES)('%s has a strong ETag, by which it is not sent again', async (path) => {
    const tags = new Set<string>();
    for (const encoding of ['gzip', 'identity']) {
      const answer = await ask(path, encoded(encoding));
      const text = await answer.text();
      const tag = answer.headers.get('etag') ?? '';
      expect([answer.status, tag]).toEqual([200, expect.stringMatching(/^"[\w-]{22,}"$/)]);
      expect(answer.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
      expect(answer.headers.get('vary')).toBe('Accept-Encoding');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      tags.add(tag);
      const again = await ask(path, { ...encoded(encoding), 'if-none-match': tag });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
      const other = await ask(path, { ...encoded(encoding), 'if-none-match': '"other"' });
      expect([other.status, await other.text()]).toEqual([200, text]);
      const head = await ask(path, encoded(encoding), 'HEAD');
      expect([head.status, head.headers.get('etag')]).toEqual([200, tag]);
    }
    expect(tags.size).toBe(2);
  });

  it.each([
    'package.json',
    'index.js',
    'README.md',
    'absolute-path.js',
    'swagger-ui-bundle.js.map',
    'LICENSE',
  ])('do not hold %s of the package', async (name) => {
    const answer = await ask(`/docs/${name}`);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('nothing at this')]);
  });
});

describe('The metrics', () => {
  it('are collected once for all who ask within a second', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask('/metrics')));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    const times = new Set(texts.map((text) => samplesOf(text).get(COLLECTED_AT)));
    // Sixty may take longer than a second on a busy machine.
    expect(times.size).toBeLessThan(10);
    await until('new values', async () => {
      const time = samplesOf(await (await ask('/metrics')).text()).get(COLLECTED_AT);
      return !times.has(time);
    });
  });

  it('come compressed to who takes it, and plain to who does not', async () => {
    const [packed, plain] = [
      await ask('/metrics', encoded('gzip')),
      await ask('/metrics', encoded('identity')),
    ];
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await packed.text()).toContain(COLLECTED_AT);
    expect(await plain.text()).toContain(COLLECTED_AT);
  });
});

describe('Requests that need no key', () => {
  it('go on two in a turn of the event loop, so that pushes have their turns between them', async () => {
    const app = express();
    const perTurn: number[] = [];
    let inTurn = 0;
    app.use(lowPriority(), (_request, response) => {
      inTurn += 1;
      response.end();
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const clients = await Promise.all(
      Array.from({ length: 40 }, () => RawClient.open(`http://127.0.0.1:${port}`)),
    );
    const count = () => {
      perTurn.push(inTurn);
      inTurn = 0;
      if (server.listening) setImmediate(count);
    };
    count();
    for (const client of clients) client.write('GET / HTTP/1.1\r\nHost: ledger\r\n\r\n');
    await until('all answers', () => clients.every(({ status }) => status === 200));
    for (const client of clients) client.end();
    server.close();
    // Two more where the count came before them in one turn, and after them in the next.
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(4);
    expect(perTurn.filter((handled) => handled > 0).length).toBeGreaterThanOrEqual(10);
  });
});

describe('Requests of one connection', () => {
  it('are answered in order, though they all come at once', async () => {
    const client = await RawClient.open(ledger.url);
    const paths = ['/health/live', '/nothing', '/openapi.json', '/health/live'];
    client.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: ledger\r\n\r\n`).join(''));
    const statuses = () => [...client.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);
    await until('four answers', () => statuses().length === 4);
    expect(statuses()).toEqual(['200', '404', '200', '200']);
    client.end();
  });

  it('are over for all who have seen them come, though the connection breaks before their turn', async () => {
    const server = createServer(oneAtATime((_request, _response) => undefined));
    let [seen, closed] = [0, 0];
    server.prependListener('request', (_request, response) => {
      seen += 1;
      response.once('close', () => (closed += 1));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    for (const count of [50, 500]) {
      const client = await RawClient.open(`http://127.0.0.1:${port}`);
      client.write('GET / HTTP/1.1\r\nHost: ledger\r\n\r\n'.repeat(count));
      await until('requests', () => seen >= Math.min(count, 100));
      client.end();
      await until('the end of all', () => closed === seen);
    }
    server.close();
  });

  it('that nobody reads the answers of are not all answered: memory stays as it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'call-ledger-flood-'));
    const port = await freePort();
    const nowhere = `postgres://nobody:nothing@127.0.0.1:${await freePort()}/nowhere`;
    const service = ServiceProcess.start(folder, port, { ...ACCESS, DATABASE_URL: nowhere });
    try {
      await until('the service', async () => (await statusOf(`${service.url}/openapi.json`)) === 200);
      const memory = () => {
        const status = readFileSync(`/proc/${String(service.child.pid)}/status`, 'utf8');
        return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
      };
      const before = memory();
      const request = 'GET /openapi.json HTTP/1.1\r\nHost: ledger\r\n\r\n';
      await Promise.all(Array.from({ length: 50 }, () => openMute(service.url, request.repeat(90))));
      const tooMany = await Promise.all(
        Array.from({ length: 50 }, () => openMute(service.url, request.repeat(300))),
      );
      await untilEnded(tooMany, tooMany.length);
      for (let asked = 0; asked < 20; asked += 1)
        expect(await statusOf(`${service.url}/health/live`)).toBe(200);
      // 50 × 90 answers of 400 kB would be 1.8 GB.
      expect(memory() - before).toBeLessThan(300 * MB);
    } finally {
      service.child.kill('SIGKILL');
      await service.exit();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('Answers that nobody reads', () => {
  it('end their connections when they hold too much, and others get theirs whole', async () => {
    const large = Array.from({ length: 12 }, (_, index) => record(`large-${index}`, { pad: 'x'.repeat(MB) }));
    for (const one of large) expect((await ledger.push([one])).status).toBe(200);
    const target = `/v1/calls?callId=${large.map(({ callId }) => String(callId)).join(',')}`;
    const head = `GET ${target} HTTP/1.1\r\nHost: ledger\r\nAuthorization: Bearer ${API_KEY}\r\n\r\n`;
    const mute = await Promise.all(Array.from({ length: 6 }, () => openMute(ledger.url, head)));
    await untilEnded(mute, 5);
    const answer = await ledger.get(target);
    expect(answer.status).toBe(200);
    expect(answer.text.length).toBeGreaterThan(12 * MB);
    for (const client of mute) client.end();
  });
});
