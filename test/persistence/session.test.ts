import { afterAll, beforeAll, expect, it } from 'vitest';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/persistence/connections/data-source-options.js';
import { asUnavailable, DatabaseUnavailableError } from '../../src/persistence/connections/unavailable.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let link: Server;
const sockets: Socket[] = [];

beforeAll(async () => {
  database = await createDatabase();
  link = createServer((client) => {
    const server = connect(Number(new URL(database.url).port), '127.0.0.1');
    sockets.push(client, server);
    for (const socket of [client, server]) socket.on('error', () => undefined);
    server.pipe(client);
    // Who is let in, and then never answered: as by a server that is frozen at that very moment.
    client.on('data', (bytes: Buffer) => !bytes.includes('set_config') && server.write(bytes));
  }).listen(0, '127.0.0.1');
  await once(link, 'listening');
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  link.close();
  await database.drop();
});

it('A server that lets a connection in and then falls silent is given up', async () => {
  const address = link.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = new URL(database.url);
  url.port = String(address.port);
  const connecting = new DataSource(dataSourceOptions(url.href, 2, () => undefined)).initialize();
  const error = await connecting.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(asUnavailable(error)).toBeInstanceOf(DatabaseUnavailableError);
}, 20_000);

it('A connection without a pooler has its time-outs for as long as it lives', async () => {
  const dataSource = await new DataSource(dataSourceOptions(database.url, 2, () => undefined)).initialize();
  try {
    expect(await dataSource.query('SHOW statement_timeout')).toEqual([{ statement_timeout: '30s' }]);
    expect(await dataSource.query('SHOW lock_timeout')).toEqual([{ lock_timeout: '10s' }]);
  } finally {
    await dataSource.destroy();
  }
});
