import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';
import { until } from '../support/service.js';

/** More than may wait for the database: a megabyte, of which each of these takes 8 kB and leaves no room for another push. */
const WAITING_PUSHES = 140;

let folder: string;
let ledger: TestLedger;
let locker: Client;
let waiting: Promise<unknown>[];

// The deadline is the longest there is: what is answered before the lock is gone did not wait for it.
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-overload-'));
  ledger = await startLedger({ JOURNAL_DIR: folder, ACK_DEADLINE_MS: '60000' });
  locker = new Client({ connectionString: ledger.database.url });
  await locker.connect();
  await locker.query('BEGIN');
  await locker.query('LOCK TABLE calls IN ACCESS EXCLUSIVE MODE');
  waiting = [];
});
afterEach(async () => {
  await locker.end();
  await Promise.all(waiting);
  await ledger.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Pushes until one is answered though the table is locked: by then, as many wait as may. */
async function overload(): Promise<void> {
  let answered = 0;
  waiting = Array.from({ length: WAITING_PUSHES }, async (_, index) => {
    const { status } = await ledger.push([{ callId: `waiting-${index}` }]);
    expect(status).toBe(200);
    answered += 1;
  });
  await until('a push to be answered before the lock is gone', () => answered > 0);
}

async function released(): Promise<void> {
  await locker.query('COMMIT');
  await Promise.all(waiting);
}

async function countOf(table: string): Promise<number> {
  const [row] = await ledger.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  return row?.count ?? NaN;
}

describe('When more waits for the database than it takes within the deadline', () => {
  it('pushes are acknowledged by way of the journal, and every one is stored afterwards', async () => {
    await overload();
    const [, , { status }] = await Promise.all([
      ledger.push([record('a')]),
      ledger.push([record('b'), 'no record', record('c')]),
      ledger.push([]),
    ]);
    expect(status).toBe(200);
    await released();
    const deliveries = WAITING_PUSHES + 3;
    await until('all deliveries', async () => (await countOf('deliveries')) === deliveries);
    expect(await countOf('calls')).toBe(WAITING_PUSHES + 3);
    expect(await countOf('quarantine')).toBe(1);
    expect(await waysOf('a', 'b', 'c')).toEqual(['journal']);
    expect(
      (await waysOf(...Array.from({ length: WAITING_PUSHES }, (_, index) => `waiting-${index}`))).sort(),
    ).toEqual(['direct', 'journal']);
    expect(await rollupDifferences(ledger.database)).toEqual([]);
  });

  it('what holds no records is still refused with the same words, and kept', async () => {
    const bodies = ['no JSON', '[{"callId":"a"}', '"text"', '', Buffer.from([0x5b, 0xff, 0x5d]), '[1,]'];
    await overload();
    const urgent = await Promise.all(bodies.map((body) => ledger.push(body)));
    await released();
    await until('the database to have caught up', async () => (await countOf('calls')) === WAITING_PUSHES);
    const calm = await Promise.all(bodies.map((body) => ledger.push(body)));
    expect(urgent.map(({ status }) => status)).toEqual(bodies.map(() => 400));
    expect(urgent.map(({ text }) => text)).toEqual(calm.map(({ text }) => text));
    await until('the refused ones', async () => (await countOf('quarantine')) === bodies.length);
  });

  it('a byte order mark and other alphabets are as good as ever', async () => {
    await overload();
    const text = JSON.stringify([record('foreign', { statusMsg: '用户挂断 été 🙂 \u00a0' })]);
    expect((await ledger.push(`\ufeff${text}`)).status).toBe(200);
    await released();
    await until('the call', async () => (await ledger.get('/v1/calls/foreign')).status === 200);
    expect((await ledger.get('/v1/calls/foreign')).body).toMatchObject({ statusMsg: '用户挂断 été 🙂' });
  });

  it('of the corrections of a call the last one stands, and none of the others is lost', async () => {
    await overload();
    for (const duration of [1, 2, 3, 3])
      expect((await ledger.push([record('corrected', { duration })])).status).toBe(200);
    await released();
    expect((await ledger.push([record('corrected', { duration: 4 })])).status).toBe(200);
    await until('all deliveries', async () => (await countOf('deliveries')) === WAITING_PUSHES + 5);
    const rows = await ledger.database.query(
      `SELECT duration FROM calls WHERE call_id = 'corrected'
       UNION ALL SELECT count(*)::int FROM deliveries WHERE redelivery_of IS NOT NULL
       UNION ALL SELECT count(*)::int FROM call_revisions`,
    );
    const [duration, redeliveries, revisions] = rows.map((row) => Number(row['duration']));
    expect(duration).toBe(4);
    // The same body again is a redelivery only if it is written before the last content replaces what it holds.
    expect([redeliveries, revisions]).toEqual(redeliveries === 1 ? [1, 3] : [0, 4]);
    expect(await rollupDifferences(ledger.database)).toEqual([]);
  });

  it('and the journal is full, nothing is refused that the database takes after all', async () => {
    await locker.end();
    await ledger.stop();
    ledger = await startLedger({ JOURNAL_DIR: folder, JOURNAL_MAX_BYTES: '1kb', ACK_DEADLINE_MS: '60000' });
    locker = new Client({ connectionString: ledger.database.url });
    await locker.connect();
    await locker.query('BEGIN');
    await locker.query('LOCK TABLE calls IN ACCESS EXCLUSIVE MODE');
    const pushes = Array.from({ length: WAITING_PUSHES }, (_, index) =>
      ledger.push([{ callId: `full-${index}` }]),
    );
    await until('some to wait for the lock', async () => (await lockWaits()) > 0);
    await locker.query('COMMIT');
    const answers = await Promise.all(pushes);
    expect(answers.map(({ status }) => status)).toEqual(pushes.map(() => 200));
    // The journal has room for a few, which are drained later.
    await until('all calls', async () => (await countOf('calls')) === WAITING_PUSHES);
  });
});

async function lockWaits(): Promise<number> {
  const [row] = await ledger.database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_locks
      WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return row?.count ?? 0;
}

/** How the deliveries came that wrote some calls. */
async function waysOf(...callIds: string[]): Promise<string[]> {
  const rows = await ledger.database.query<{ via: string }>(
    `SELECT DISTINCT via FROM deliveries JOIN calls ON deliveries.id = calls.delivery_id WHERE call_id = ANY ($1)`,
    [callIds],
  );
  return rows.map(({ via }) => via);
}
