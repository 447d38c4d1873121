import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import express from 'express';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { readSettings } from '../../../src/config/read-settings.js';
import { dataSourceOptions } from '../../../src/persistence/connections/data-source-options.js';
import { Database } from '../../../src/persistence/connections/database.js';
import { ReadingDatabase } from '../../../src/persistence/connections/reading-database.js';
import { Replica } from '../../../src/persistence/connections/replica.js';
import { ClusterNodes } from '../../../src/persistence/schema/distribution/cluster-nodes.js';
import { ExportRepository } from '../../../src/query/exports/export.repository.js';
import { LabelRepository } from '../../../src/query/labels/label.repository.js';
import { LabelsService } from '../../../src/query/labels/labels.service.js';
import { ApiKeyRepository } from '../../../src/security/api-keys/api-key.repository.js';
import { KeyUses } from '../../../src/security/api-keys/key-uses.js';
import { KnownKeys } from '../../../src/security/api-keys/known-keys.js';
import { AuditLog } from '../../../src/security/audit/audit-log.js';
import { KnownSessions } from '../../../src/security/sessions/known-sessions.js';
import { RoleScopes } from '../../../src/security/sessions/role-scopes.js';
import { SessionRepository } from '../../../src/security/sessions/session.repository.js';
import { KeyStreams } from '../../../src/security/key-streams.js';
import { ADMIN } from '../../../src/security/principal.js';
import { ExportsService } from '../../../src/query/exports/exports.service.js';
import { makeKey, withKey } from '../../support/api-keys.js';
import { API_KEY, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { until } from '../../support/service.js';
import { openExport, readAll } from './export-client.js';
import { exportSessions, insertCalls } from './many-calls.js';

const MANY = 10_000;

let ledger: TestLedger;
let url: string;
let open: IncomingMessage[] = [];

/** An export whose client does not read on. */
async function unread(key = API_KEY): Promise<IncomingMessage> {
  const answer = await openExport(url, { authorization: `Bearer ${key}` });
  open.push(answer);
  return answer;
}

beforeAll(async () => {
  ledger = await startLedger({ DATABASE_POOL_SIZE: '2' });
  url = `${ledger.url}/v1/exports/calls`;
  await insertCalls(ledger.database, MANY);
});
afterAll(() => ledger.stop());
afterEach(async () => {
  for (const answer of open) answer.destroy();
  open = [];
  await until('no export to be at work', async () => (await exportSessions(ledger.database)).length === 0);
});

describe('While as many exports as may be are under way', () => {
  it('of one key, one more is asked to come again later, and another key has room', async () => {
    const maker = await makeKey(ledger, { scopes: ['calls:read', 'keys:manage'] });
    const made = await makeKey(ledger, { scopes: ['calls:read'] }, maker.key);
    for (const { key } of [maker, made]) expect((await unread(key)).statusCode).toBe(200);
    for (const { key } of [maker, made]) {
      const answer = await withKey(ledger, key, '/v1/exports/calls');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '5']);
      const detail = 'This API key, with the keys that it made, may have 2 exports at once';
      expect(answer.body).toMatchObject({ detail });
    }
    expect((await unread()).statusCode).toBe(200);
    open[0]?.destroy();
    await until('room for another', async () => (await unread(made.key)).statusCode === 200);
  });

  it('one more of any key is asked to come again later', async () => {
    const other = await makeKey(ledger, { scopes: ['calls:read'] });
    for (const key of [API_KEY, API_KEY, other.key]) await unread(key);
    const answer = await withKey(ledger, other.key, '/v1/exports/calls');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(answer.body).toMatchObject({ detail: 'Too many exports are running. Try again later' });
  });

  it('pushes are taken and questions answered, with the smallest pool', async () => {
    await unread();
    await unread();
    for (let index = 0; index < 20; index += 1) {
      expect((await ledger.push([record(`meanwhile-${index}`)])).status).toBe(200);
      expect((await ledger.get(`/v1/calls/meanwhile-${index}`)).status).toBe(200);
    }
  });
});

describe('An export', () => {
  it('is of the moment at which it was asked for', async () => {
    const answer = await unread();
    await ledger.push([record('later'), record('many-1', { statusMsg: 'corrected' })]);
    const lines = (await readAll(answer)).toString().split('\r\n');
    expect(lines.filter((line) => /"later"|corrected/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('"many-'))).toHaveLength(MANY);
  });

  it('holds none but the call that is being written, however large calls are', async () => {
    await ledger.database.query(
      `UPDATE calls SET extra = ('{"long": "' || repeat(call_id, 600000) || '"}')::jsonb
       WHERE occurred_at < timestamptz '2025-06-01 00:01:00Z'`,
    );
    const before = process.memoryUsage().rss;
    const answer = await openExport(`${url}?order=asc`);
    open.push(answer);
    let looks = 0;
    await until('PostgreSQL to wait at look after look: nothing takes what it has', async () => {
      const [event] = await exportSessions(ledger.database);
      looks = event === 'ClientWrite' ? looks + 1 : 0;
      return looks === 40;
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
    answer.resume();
    await once(answer, 'end');
    expect(answer.complete).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
    await ledger.database.query('UPDATE calls SET extra = NULL');
  });
});

describe('An export on which nothing moves', () => {
  it('is given up, and ends in a broken connection', async () => {
    // A cluster's coordinator gathers all calls before it gives the first one.
    const idleMs = process.env['DATABASE_DISTRIBUTED'] === 'citus' ? 20_000 : 5000;
    const settings = readSettings(
      { DATABASE_URL: ledger.database.url, PUSH_TOKENS: `a=${API_KEY}`, ADMIN_API_KEY: API_KEY },
      false,
    );
    const dataSource = new DataSource(dataSourceOptions(ledger.database.url, 2, () => undefined));
    await dataSource.initialize();
    const database = new Database(dataSource, settings);
    const apiKeys = new ApiKeyRepository(database);
    const reading = new ReadingDatabase(database, new Replica(settings, database));
    const service = new ExportsService(
      settings,
      { atOnce: 1, ofKey: 1, idleMs },
      reading,
      new ExportRepository(
        new ClusterNodes({ distributed: process.env['DATABASE_DISTRIBUTED'] === 'citus' }),
      ),
      new AuditLog(database),
      new KeyStreams(
        new KnownKeys(settings, apiKeys, new KeyUses(apiKeys)),
        new KnownSessions(new SessionRepository(database), new RoleScopes(settings)),
      ),
      new LabelsService(database, new LabelRepository(reading), new AuditLog(database)),
    );
    const asker = { ...ADMIN, remoteAddress: null, requestId: 'one' };
    const failures: unknown[] = [];
    const app = express();
    app.get('/', (request, response) => {
      service.send({}, asker, request, response).catch((error: unknown) => failures.push(error));
    });
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const answer = await openExport(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await until('the export to be given up', () => failures.length === 1);
    expect(failures[0]).toMatchObject({ message: `the export made no progress for ${idleMs} ms` });
    await expect(readAll(answer)).rejects.toThrow('aborted');
    server.close();
    await dataSource.destroy();
  });
});
