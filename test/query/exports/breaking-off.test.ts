import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { API_KEY, startLedger, type TestLedger } from '../../support/ledger.js';
import { until } from '../../support/service.js';
import { openExport, readAll } from './export-client.js';
import { exportSessions, insertCalls, terminateExports } from './many-calls.js';

let ledger: TestLedger;
let url: string;

beforeAll(async () => {
  ledger = await startLedger();
  url = `${ledger.url}/v1/exports/calls`;
  await insertCalls(ledger.database, 10_000);
});
afterAll(() => ledger.stop());

const noExport = () =>
  until('no export to be at work', async () => (await exportSessions(ledger.database)).length === 0);
/** PostgreSQL waits for room to send more: nothing between it and the client takes another row. */
const allWaiting = (count: number) =>
  until('PostgreSQL to wait for the reader', async () => {
    const events = await exportSessions(ledger.database);
    return events.length === count && events.every((event) => event === 'ClientWrite');
  });
beforeEach(noExport);

describe('An export whose database goes away in the middle', () => {
  it('ends in a broken connection', async () => {
    const answer = await openExport(url);
    await allWaiting(1);
    await terminateExports(ledger.database);
    await expect(readAll(answer)).rejects.toThrow('aborted');
    expect(answer.complete).toBe(false);
  });

  it('ends in a broken connection, and in gzip without its end, when it is compressed', async () => {
    const answer = await openExport(`${url}?format=ndjson`, { 'accept-encoding': 'gzip' });
    expect(answer.headers['content-encoding']).toBe('gzip');
    await allWaiting(1);
    await terminateExports(ledger.database);
    const gunzip = createGunzip();
    answer.on('error', () => gunzip.end());
    await expect(finished(answer.pipe(gunzip).resume())).rejects.toThrow('unexpected end of file');
    expect(answer.complete).toBe(false);
  });
});

describe('An export whose client goes', () => {
  it('lets go of its connection while PostgreSQL sends', async () => {
    const answer = await openExport(url);
    await allWaiting(1);
    answer.destroy();
    await noExport();
  });

  it('lets go of its connection while PostgreSQL is at work for the first row', async () => {
    // The server would notice by itself, after a while.
    await ledger.database.query(`DO $$ BEGIN EXECUTE format(
      'ALTER DATABASE %I SET client_connection_check_interval = 0', current_database()); END $$`);
    await ledger.database.query('ALTER TABLE calls RENAME TO slow_calls');
    await ledger.database.query(
      'CREATE VIEW calls AS SELECT slow_calls.* FROM slow_calls, (SELECT pg_sleep(600) OFFSET 0) AS sleep',
    );
    const client = new AbortController();
    const headers = { authorization: `Bearer ${API_KEY}` };
    const asked = fetch(url, { headers, signal: client.signal });
    await until('PostgreSQL to be at work', async () =>
      (await exportSessions(ledger.database)).includes('PgSleep'),
    );
    client.abort();
    await expect(asked).rejects.toThrow();
    await noExport();
    await ledger.database.query('DROP VIEW calls');
    await ledger.database.query('ALTER TABLE slow_calls RENAME TO calls');
  });
});

describe('An export that is under way when the service is shut down', () => {
  it('keeps it from ending for a few seconds only, and ends in a broken connection', async () => {
    const other = await startLedger();
    await insertCalls(other.database, 10_000);
    const answer = await openExport(`${other.url}/v1/exports/calls`);
    const begin = Date.now();
    const stopped = other.stop();
    await expect(stopped.then(() => readAll(answer))).rejects.toThrow('aborted');
    expect(Date.now() - begin).toBeLessThan(40_000);
  });
});
