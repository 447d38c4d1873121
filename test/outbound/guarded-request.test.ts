import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AllowedHosts } from '../../src/outbound/allowed-hosts.js';
import { guardedRequest, NotAllowedError } from '../../src/outbound/guarded-request.js';

let server: Server;
let port: number;
/** The paths that were asked for. */
let asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/silent') return;
    if (request.url === '/elsewhere') response.writeHead(302, { location: '/silent' });
    response.end('hello');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (url: string, list: string, others: 'none' | 'public' = 'public', idleMs = 10_000) => {
  asked = [];
  const { signal } = new AbortController();
  return guardedRequest(new URL(url), new AllowedHosts(list, others), { signal, idleMs });
};
const refusal = async (url: string, list = '', others: 'none' | 'public' = 'public') => {
  const error: unknown = await ask(url, list, others).then(
    () => 'it was sent',
    (reason: unknown) => reason,
  );
  expect([url, error instanceof NotAllowedError, asked]).toEqual([url, true, []]);
};

describe('A request', () => {
  it('reaches a listed name or address, follows no redirect, and has the answer', async () => {
    for (const [host, list] of [
      ['127.0.0.1', '127.0.0.0/8'],
      ['localhost', 'localhost'],
    ]) {
      const answer = await ask(`http://${host ?? ''}:${port}/elsewhere`, list ?? '');
      expect(answer.statusCode).toBe(302);
      answer.resume();
      await once(answer, 'end');
      expect(asked).toEqual(['/elsewhere']);
    }
  });

  it('does not reach what is not public, by a name neither', async () => {
    for (const host of ['127.0.0.1', '[::1]', '0x7f.1', 'localhost', '[::ffff:127.0.0.1]'])
      await refusal(`http://${host}:${port}/`);
    await refusal(`http://localhost:${port}/`, '127.0.0.0/8');
    await refusal(`http://localhost:${port}/`, '*.localhost, 127.0.0.1', 'none');
    await refusal('file:///etc/passwd');
  });

  it('fails when nothing comes, and when it is ended', async () => {
    await expect(ask(`http://127.0.0.1:${port}/silent`, '127.0.0.1', 'none', 200)).rejects.toThrow(
      'nothing came for 200 ms',
    );
    const ended = new AbortController();
    const hosts = new AllowedHosts('127.0.0.1', 'none');
    const url = new URL(`http://127.0.0.1:${port}/silent`);
    const waiting = guardedRequest(url, hosts, { signal: ended.signal, idleMs: 60_000 });
    ended.abort();
    await expect(waiting).rejects.toThrow(/abort/i);
  });
});
