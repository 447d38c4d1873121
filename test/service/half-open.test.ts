import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { record } from '../support/records.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { until } from '../support/service.js';

/** Stands between the service and PostgreSQL, and can let the connections of now hang for ever. */
class FreezingProxy {
  private readonly pairs: [Socket, Socket][] = [];
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(databaseUrl: string): Promise<FreezingProxy> {
    const target = new URL(databaseUrl);
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = new URL(databaseUrl);
    url.port = String(typeof address === 'object' ? address?.port : '');
    const proxy = new FreezingProxy(server, url.href);
    server.on('connection', (client) => {
      const upstream = connect(Number(target.port), target.hostname);
      for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
      client.pipe(upstream).pipe(client);
      proxy.pairs.push([client, upstream]);
    });
    return proxy;
  }

  freeze(): void {
    for (const [client, upstream] of this.pairs) {
      client.unpipe(upstream);
      upstream.unpipe(client);
      client.pause();
      upstream.pause();
    }
  }

  close(): void {
    this.server.close();
    for (const socket of this.pairs.flat()) socket.destroy();
  }
}

let proxy: FreezingProxy;
let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger({ ACK_DEADLINE_MS: '400' }, async (url) => {
    proxy = await FreezingProxy.before(url);
    return proxy.url;
  });
});
afterAll(async () => {
  proxy.close();
  await ledger.stop();
});

describe('When every open connection to the database falls silent', () => {
  it('pushes are refused in time, and taken again once the connections are given up', async () => {
    await until('the first push', async () => (await ledger.push([record('before')])).status === 200);
    proxy.freeze();
    const pushes = Array.from({ length: 15 }, (_, index) => ledger.push([record(`frozen-${index}`)]));
    const answers = await Promise.all(pushes);
    expect(answers.map(({ status }) => status)).toContain(503);
    await until('a push to be taken', async () => (await ledger.push([record('after')])).status === 200);
    await until('the service to be ready', async () => (await ledger.get('/health/ready')).status === 200);
  }, 90_000);
});
