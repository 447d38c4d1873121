// Where calls stand in the feed when their notes and recordings change.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangePage } from '../../../src/query/changes/change.dto.js';
import { Keeper } from '../../../src/ingestion/keeper.js';
import { arrive } from '../../../src/ingestion/delivery.js';
import { askFor, erased } from '../../privacy/erasing.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';
import { record } from '../../support/records.js';
import { until } from '../../support/service.js';
import { askChanges } from './follower.js';
import { Instance } from './instances.js';

let store: Server;
let answers: 'errors' | 'files' | 'nothing' = 'errors';
let origin: string;
let folder: string;
let database: TestDatabase;
let instance: Instance;
let cursor: string;
let round = 0;
let callId: string;

beforeAll(async () => {
  store = createServer((_request, response) => {
    if (answers === 'files') response.writeHead(200, { 'content-type': 'audio/wav' }).end('RIFF');
    else if (answers === 'errors') response.writeHead(503).end();
  });
  store.listen(0, '127.0.0.1');
  await once(store, 'listening');
  origin = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-places-'));
  database = await createDatabase();
  instance = await Instance.start(database.url, {
    RECORDING_STORE: folder,
    RECORDING_ALLOW_HOSTS: '127.0.0.1',
    ACK_DEADLINE_MS: '20000',
  });
});
afterAll(async () => {
  await instance.remove();
  await database.drop();
  store.closeAllConnections();
  store.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  answers = 'errors';
  round += 1;
  callId = `call-${round}`;
  ({ nextCursor: cursor } = await askChanges(instance.url, { after: 'now' }));
});

/** What the feed tells since the last look. */
async function news(): Promise<ChangePage['data']> {
  const page = await askChanges(instance.url, { after: cursor });
  cursor = page.nextCursor;
  expect(page.upToDate).toBe(true);
  return page.data;
}
const told = async () =>
  (await news()).map((change) => (change.type === 'call' ? change.call.callId : `erased ${change.callId}`));
async function push(...records: object[]): Promise<void> {
  expect((await instance.push(records)).status).toBe(200);
}
const note = (changes: object = {}) => ({ callId, majorIntent: 'A', ...changes });
const recording = (signature = 's') => ({
  callId,
  recordFile: `${origin}/${callId}.wav?Signature=${signature}`,
});
/** @param receivedAt earlier than all that the tests push */
async function pushLate(records: object[], receivedAt = Date.now() - 3_600_000): Promise<void> {
  const delivery = arrive('vendor', null, Buffer.from(JSON.stringify(records)), receivedAt);
  expect(await instance.app.get(Keeper, { strict: false }).write(delivery)).toEqual(
    expect.objectContaining({ kept: 'database' }),
  );
}
const stateIs = (state: string) =>
  until(`the recording of ${callId} to be ${state}`, async () => {
    const [row] = await database.query<{ state: string }>(
      `SELECT state FROM call_recordings WHERE call_id = '${callId}'`,
    );
    return row?.state === state;
  });

it('A note tells its call again, and so does a correction of it, but no duplicate', async () => {
  await push(record(callId));
  expect(await told()).toEqual([callId]);
  await push(note());
  expect(await told()).toEqual([callId]);
  await push(note());
  expect(await told()).toEqual([]);
  await push(note({ majorIntent: 'B' }));
  expect(await told()).toEqual([callId]);
  await push(note({ majorIntent: 'B' }), record(callId));
  expect(await told()).toEqual([]);
});

it('A late note and a late report tell nothing', async () => {
  await push(record(callId), note());
  expect(await told()).toEqual([callId]);
  await pushLate([note({ majorIntent: 'C' }), record(callId, { duration: 1 })]);
  expect(await told()).toEqual([]);
});

it('A note before its report tells nothing, and the report tells the call once', async () => {
  await push(note());
  expect(await told()).toEqual([]);
  await push(record(callId));
  expect(await told()).toEqual([callId]);
  await push(note());
  expect(await told()).toEqual([]);
});

it('A correction of the report after a note tells the call at its own place', async () => {
  await push(record(callId));
  await push(note());
  await told();
  await push(record(callId, { duration: 2 }));
  expect(await told()).toEqual([callId]);
  const [row] = await database.query(`SELECT change_delivery_id FROM calls WHERE call_id = '${callId}'`);
  expect(row).toEqual({ change_delivery_id: null });
});

it('Each change of the state of a recording tells the call, and each further failure does not', async () => {
  await push(record(callId));
  await told();
  await push(recording());
  await stateIs('failed');
  expect(await told()).toEqual([callId]);
  const retry = () =>
    database.query(`UPDATE call_recordings SET next_try_at = now() WHERE call_id = '${callId}'`);
  await retry();
  await until('another try', async () => {
    const [row] = await database.query<{ tries: number }>(
      `SELECT tries FROM call_recordings WHERE call_id = '${callId}' AND next_try_at > now() + interval '7 s'`,
    );
    return (row?.tries ?? 0) > 1;
  });
  expect(await told()).toEqual([]);
  answers = 'files';
  await retry();
  await stateIs('kept');
  expect(await told()).toEqual([callId]);
  await push(recording('other'));
  expect(await told()).toEqual([]);
});

it('A recording that expires tells the call, and so does its next announcement', async () => {
  await push(record(callId), recording());
  await stateIs('failed');
  await told();
  await database.query(`UPDATE call_recordings SET expires_at = now() WHERE call_id = '${callId}'`);
  await stateIs('expired');
  expect(await told()).toEqual([callId]);
  await push(recording('newer'));
  await stateIs('failed');
  expect(await told()).toEqual([callId]);
  const places = await database.query<{ via: string }>(
    `SELECT d.via, r.change_delivery_id = c.change_delivery_id AS same FROM call_recordings r
      JOIN calls c USING (call_id) JOIN deliveries d ON d.id = c.change_delivery_id WHERE call_id = '${callId}'`,
  );
  expect(places).toEqual([{ via: 'recording', same: true }]);
});

it('The announcement of an expired recording tells the call by itself', async () => {
  await push(record(callId), recording());
  await stateIs('failed');
  await database.query(
    `UPDATE call_recordings SET state = 'expired', next_try_at = NULL WHERE call_id = '${callId}'`,
  );
  await told();
  // No download changes the state meanwhile.
  answers = 'nothing';
  await push(recording('newer'));
  expect(await told()).toEqual([callId]);
  store.closeAllConnections();
  await stateIs('failed');
});

it('An erasure of a number in a note tells the call again, without it', async () => {
  await push(record(callId, { callee: '13900000061' }), note({ outputTags: { 电话: '13900000062' } }));
  await told();
  await erased(instance.url, await askFor(instance.url, '13900000062'));
  expect(await told()).toEqual([callId]);
});
