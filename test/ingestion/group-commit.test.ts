import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client } from 'pg';
import { arrive } from '../../src/ingestion/delivery.js';
import { DeliveryReader } from '../../src/ingestion/reading/delivery-reader.js';
import { GroupCommit } from '../../src/ingestion/writing/group-commit.js';
import { Instance } from '../query/changes/instances.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

/** Of 4 MB, and more than are kept. */
const BODIES = 30;
const BLANKS = ' '.repeat(4 * 1024 * 1024);
/** 64 MB that wait, and 8 MB in each of four writers' hands. */
const MOST_KEPT = 96 / 4 + 1;

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger({ ACK_DEADLINE_MS: '50' });
});
afterAll(() => ledger.stop());

it('While the database hangs, only so much waits to be written, and the rest is refused at once', async () => {
  const locker = new Client({ connectionString: ledger.database.url });
  await locker.connect();
  await locker.query('BEGIN');
  await locker.query('LOCK TABLE calls IN ACCESS EXCLUSIVE MODE');
  for (let index = 0; index < BODIES; index += 1) {
    expect((await ledger.push(`[{"callId":"call-${index}"}${BLANKS}]`)).status).toBe(503);
  }
  await locker.query('ROLLBACK');
  await locker.end();
  // Whoever comes last is written last: before it, all that waited.
  await until('the last one', async () => {
    await ledger.push('[{"callId":"last"}]');
    return (await ledger.database.query("SELECT 1 FROM calls WHERE call_id = 'last'")).length > 0;
  });
  const kept = (await ledger.database.query('SELECT 1 FROM calls')).length - 1;
  expect(kept).toBeGreaterThan(1);
  expect(kept).toBeLessThanOrEqual(MOST_KEPT);
});

it('Of bodies over 8 MB, one is written at a time, and small ones are written beside it', async () => {
  const locker = new Client({ connectionString: ledger.database.url });
  await locker.connect();
  await locker.query('BEGIN');
  await locker.query('LOCK TABLE calls IN ACCESS EXCLUSIVE MODE');
  const bodies = ['large-1', 'large-2', 'small-1', 'small-2'].map(
    (callId) => `[{"callId":"${callId}"}${callId.startsWith('large') ? BLANKS.repeat(2) : ''}]`,
  );
  for (const body of bodies) expect((await ledger.push(body)).status).toBe(503);
  const waiting = async () =>
    (
      await ledger.database.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      )
    ).length;
  await until('writers that wait', async () => (await waiting()) >= 3);
  expect(await waiting()).toBe(3);
  await locker.query('ROLLBACK');
  await locker.end();
  await until('all of them', async () => {
    const rows = await ledger.database.query("SELECT FROM calls WHERE call_id ~ '^(large|small)'");
    return rows.length === 4;
  });
});

it('A delivery that waits for a lock delays others for a moment only, and these are written together', async () => {
  const instance = await Instance.start(ledger.database.url, { JOURNAL_DIR: 'off' });
  const reader = instance.app.get(DeliveryReader, { strict: false });
  const commits = instance.app.get(GroupCommit, { strict: false });
  const write = async (callId: string, fields = {}) => {
    const body = Buffer.from(JSON.stringify([record(callId, fields)]));
    const read = await reader.read(arrive('vendor', null, body, Date.now()));
    return () => commits.write(read);
  };
  const locker = new Client({ connectionString: ledger.database.url });
  await locker.connect();
  await locker.query('BEGIN');
  await locker.query("INSERT INTO tasks (task_id, first_seen_at) VALUES ('locked', now())");
  const held = (await write('held', { taskId: 'locked' }))();
  const others = await Promise.all(Array.from({ length: 20 }, (_, index) => write(`beside-${index}`)));
  await Promise.all(others.map((begin) => begin()));
  const rows = await ledger.database.query(
    "SELECT count(*)::int AS calls, count(DISTINCT xmin::text)::int AS groups FROM calls WHERE call_id ~ '^(held|beside)'",
  );
  expect(rows).toEqual([{ calls: others.length, groups: 1 }]);
  await locker.query('ROLLBACK');
  await locker.end();
  await held;
  await instance.remove();
});

it('While pushes come too fast, one writer works; when it waits for a lock, another one follows after a second', async () => {
  const instance = await Instance.start(ledger.database.url, { JOURNAL_DIR: 'off' });
  const reader = instance.app.get(DeliveryReader, { strict: false });
  const commits = instance.app.get(GroupCommit, { strict: false });
  const read = (records: readonly object[]) =>
    reader.read(arrive('vendor', null, Buffer.from(JSON.stringify(records)), Date.now()));
  const held = await read([record('held-too', { taskId: 'locked-too' })]);
  // More than enough for another writer at other times.
  const many = await read(Array.from({ length: 600 }, (_, index) => record(`many-${index}`)));
  const locker = new Client({ connectionString: ledger.database.url });
  await locker.connect();
  await locker.query('BEGIN');
  await locker.query("INSERT INTO tasks (task_id, first_seen_at) VALUES ('locked-too', now())");
  const first = commits.write(held);
  commits.giveWay();
  const begun = performance.now();
  await commits.write(many);
  expect(performance.now() - begun).toBeGreaterThan(900);
  await locker.query('ROLLBACK');
  await locker.end();
  await first;
  await instance.remove();
});
