// Express changes no prototype of a request or an answer: that would make each of them slow.
import type { Express } from 'express';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { CONNECTION_LIMITS, LimitedHttpAdapter } from '../../src/http/connections/limited-http-adapter.js';

it('A request and its answer have the prototypes of Express from the beginning', async () => {
  const adapter = new LimitedHttpAdapter(CONNECTION_LIMITS);
  adapter.initHttpServer();
  const seen: object[] = [];
  const note = (...parts: readonly object[]) => {
    for (const part of parts) seen.push(Object.getPrototypeOf(part) as object);
  };
  const app = adapter.getInstance<Express>();
  app.use((request, response) => {
    note(request, response);
    response.json({ ip: request.ip, app: request.app === app && response.app === app });
  });
  const server = adapter.getHttpServer() as Server;
  server.prependListener('request', (request, response) => {
    note(request, response);
  });
  server.listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await answer.json()).toEqual({ ip: '127.0.0.1', app: true });
  } finally {
    server.close();
  }
  const [request, response] = seen;
  expect(seen).toHaveLength(4);
  // By identity: two prototypes may have the same content.
  expect(seen[2]).toBe(request);
  expect(seen[3]).toBe(response);
});
