// The table "What becomes of a push" of docs/architecture.md, row by row. Retries within the database:
// attempts.test.ts.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { arrive } from '../../src/ingestion/delivery.js';
import { encodeEntry } from '../../src/ingestion/journal/journal-entry.js';
import { Keeper } from '../../src/ingestion/keeper.js';
import { API_KEY, type Answer, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { samplesOf } from '../support/metrics.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { shortenPauses } from '../support/short-times.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { runInThreads } from '../support/threads.js';

const NO_JSON = 'no JSON';
const NOT_JSON_ANSWER = 'The body is not JSON: unexpected character at byte 0';
/** More than the main thread reads. */
const LARGE = [record('large', { long: 'x'.repeat(200_000) })];

let folder: string;
let proxy: TcpProxy;
let ledger: TestLedger;

beforeEach(() => {
  shortenPauses();
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-policy-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  runInThreads();
  await ledger.stop();
  await proxy.refuse();
  rmSync(folder, { recursive: true, force: true });
});

/** With a journal, unless the environment says otherwise. */
async function start(environment: Record<string, string> = {}): Promise<void> {
  ledger = await startLedger({ JOURNAL_DIR: folder, ...environment }, async (url) => {
    proxy = await TcpProxy.before(Number(new URL(url).port));
    return proxy.through(url);
  });
}

/** What the vendor gets. */
const told = ({ status, text, headers }: Answer) => {
  const { code, msg } = JSON.parse(text) as { code: number; msg: string };
  return { status, code, msg, retryAfter: headers.get('retry-after') };
};
const KEPT = { status: 200, code: 0, msg: 'Success', retryAfter: null };
const refused = (status: number, msg: string, retryAfter: string | null = null) => ({
  status,
  code: status,
  msg,
  retryAfter,
});

async function count(table: string): Promise<number> {
  const [row] = await ledger.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  return row?.count ?? NaN;
}
const ways = async () =>
  (await ledger.database.query<{ via: string }>('SELECT via FROM deliveries')).map(({ via }) => via);
const quarantined = () =>
  ledger.database.query<{ raw: string; reason: string }>(
    `SELECT convert_from(raw, 'UTF8') AS raw, reason FROM quarantine ORDER BY id`,
  );
const nothingIsKept = async () => {
  expect([await count('deliveries'), await count('calls'), await count('quarantine')]).toEqual([0, 0, 0]);
};

/** Lets PostgreSQL refuse to write a body in which the word stands, with an error of that SQLSTATE. */
async function refuseBodiesWith(word: string, sqlState: string): Promise<void> {
  await ledger.database.query(`
    CREATE FUNCTION refuse_${word}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF position('${word}' in encode(NEW.body, 'escape')) > 0 THEN
        RAISE EXCEPTION 'refused by the test' USING ERRCODE = '${sqlState}';
      END IF;
      RETURN NEW;
    END $$`);
  await ledger.database.query(`CREATE TRIGGER refuse_${word} BEFORE INSERT ON delivery_bodies
    FOR EACH ROW EXECUTE FUNCTION refuse_${word}()`);
}

/** Waits until the metric has the value: it is collected once a second at most. */
async function untilMetric(name: string, value: number): Promise<void> {
  await until(`${name} to be ${value}`, async () => {
    const { text } = await ledger.request('/metrics');
    return samplesOf(text).get(`call_ledger_${name}`) === value;
  });
}

describe('Committed', () => {
  it('by the database in time: 200', async () => {
    await start();
    expect(told(await ledger.push([record('a')]))).toEqual(KEPT);
    expect([await ways(), await count('calls')]).toEqual([['direct'], 1]);
  });

  it('to the quarantine, as it came, where PostgreSQL refuses its data: 200', async () => {
    await start({ JOURNAL_DIR: 'off' });
    await refuseBodiesWith('offending', '22003');
    const body = JSON.stringify([record('a', { text: 'offending' }), record('b')]);
    expect(told(await ledger.push(body))).toEqual(KEPT);
    expect(await quarantined()).toEqual([
      { raw: body, reason: 'The delivery could not be written: refused by the test' },
    ]);
    expect(await count('calls')).toBe(0);
  });
});

describe('Journalled, and drained into the database later', () => {
  it('when the database does not answer within the deadline: 200', async () => {
    await start({ ACK_DEADLINE_MS: '100' });
    const locker = new Client({ connectionString: ledger.database.url });
    await locker.connect();
    await locker.query('BEGIN');
    await locker.query('LOCK TABLE delivery_bodies IN ACCESS EXCLUSIVE MODE');
    expect(told(await ledger.push([record('a')]))).toEqual(KEPT);
    await untilMetric('journal_appended_total', 1);
    await locker.end();
    await until('the call', async () => (await count('calls')) === 1);
    await untilMetric('journal_drained_total', 1);
    // The late write and the drainer have written the same delivery.
    expect(await ways()).toHaveLength(1);
  });

  it('when the database is away, at once after three failures, refused bodies too: 200 and 400', async () => {
    await start();
    await proxy.refuse();
    for (const callId of ['a', 'b', 'c']) expect(told(await ledger.push([record(callId)]))).toEqual(KEPT);
    await untilMetric('breaker_open', 1);
    expect(told(await ledger.push([record('d')]))).toEqual(KEPT);
    expect(told(await ledger.push(NO_JSON))).toEqual(refused(400, NOT_JSON_ANSWER));
    await untilMetric('journal_entries', 5);
    await proxy.acceptAgain();
    await until('the calls', async () => (await count('calls')) === 4 && (await count('quarantine')) === 1);
    await untilMetric('journal_drained_total', 5);
    expect(await ways()).toEqual(['journal', 'journal', 'journal', 'journal']);
    await untilMetric('breaker_open', 0);
  });

  it('when PostgreSQL refuses it for an unclear reason: 200, and after 8 tries the quarantine, or a file', async () => {
    await start();
    await refuseBodiesWith('cursed', 'P0001');
    await ledger.database.query(
      "ALTER TABLE quarantine ADD CONSTRAINT no_such_body CHECK (position('twice' in encode(raw, 'escape')) = 0)",
    );
    const bodies = ['cursed', 'cursed twice'].map((text) => JSON.stringify([record('a', { text })]));
    for (const body of bodies) expect(told(await ledger.push(body))).toEqual(KEPT);
    expect(told(await ledger.push([record('b')]))).toEqual(KEPT);
    await until('the entry to be given up', async () => (await count('quarantine')) === 1);
    await untilMetric('journal_entries', 0);
    expect((await quarantined()).map(({ raw }) => raw)).toEqual([bodies[0]]);
    const aside = readdirSync(folder).filter((name) => name.endsWith('.damaged'));
    expect(aside).toHaveLength(1);
    expect(readFileSync(join(folder, aside[0] ?? ''), 'utf8')).toContain(bodies[1]);
    expect(await count('calls')).toBe(1);
  });
});

describe('Refused, and kept in the quarantine', () => {
  it('when the body holds no records: 400', async () => {
    await start();
    expect(told(await ledger.push(NO_JSON))).toEqual(refused(400, NOT_JSON_ANSWER));
    expect(await quarantined()).toEqual([
      { raw: NO_JSON, reason: 'The body is not JSON: unexpected character' },
    ]);
  });

  it('when it is beyond a limit of what is read: 400', async () => {
    await start();
    const { status, msg } = told(await ledger.push(`[${'0,'.repeat(50_000)}0]`));
    expect([status, msg]).toEqual([400, 'The body holds more than 50000 records at /50000']);
    expect(await count('quarantine')).toBe(1);
  });

  it.each([
    ['zstd', 415, 'The body is encoded as zstd, which is not supported; use gzip, deflate or br'],
    ['gzip', 400, 'The body is not gzip, though its header says so at byte 0'],
  ])('when its encoding %s can not be undone: %d', async (encoding, status, msg) => {
    await start();
    const body = JSON.stringify([record('a')]);
    const answer = await ledger.push(body, { 'content-encoding': encoding });
    expect(told(answer)).toEqual(refused(status, msg));
    expect((await quarantined()).map(({ raw }) => raw)).toEqual([body]);
    expect(await count('calls')).toBe(0);
  });
});

describe('Kept nowhere', () => {
  const AWAY = refused(503, 'The database is not available', '5');

  it('when the database is away and there is no journal: 503, for refused bodies too', async () => {
    await start({ JOURNAL_DIR: 'off' });
    await proxy.refuse();
    expect(told(await ledger.push([record('a')]))).toEqual(AWAY);
    expect(told(await ledger.push(NO_JSON))).toEqual(AWAY);
    await proxy.acceptAgain();
    await nothingIsKept();
  });

  it('when the database is away and the journal is full: 503', async () => {
    await start({ JOURNAL_MAX_BYTES: '1kb' });
    await proxy.refuse();
    expect(told(await ledger.push([record('a', { long: 'x'.repeat(2000) })]))).toEqual(AWAY);
    expect(told(await ledger.push(NO_JSON + ' '.repeat(2000)))).toEqual(AWAY);
    expect(told(await ledger.push([{ callId: 'small' }]))).toEqual(KEPT);
  });

  it('when the database is away and the journal can not be written: 503', async () => {
    await start();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file stands where the folder should be');
    await proxy.refuse();
    expect(told(await ledger.push([record('a')]))).toEqual(AWAY);
  });

  it('when PostgreSQL refuses it for an unclear reason and there is no journal: 503', async () => {
    await start({ JOURNAL_DIR: 'off' });
    await refuseBodiesWith('cursed', 'P0001');
    const answer = await ledger.push([record('a', { text: 'cursed' })]);
    expect(told(answer)).toEqual(refused(503, 'The push could not be written', '5'));
    await nothingIsKept();
  });

  it('when no thread can be had to read it: 503', async () => {
    await start();
    runInThreads('/nowhere/program.mjs');
    expect(told(await ledger.push(LARGE))).toEqual(refused(503, 'The push could not be read', '5'));
    await nothingIsKept();
    runInThreads();
    expect(told(await ledger.push(LARGE))).toEqual(KEPT);
  });

  it('when reading it meets a fault of the program: 500', async () => {
    await start();
    const program = join(folder, 'program.mjs');
    writeFileSync(
      program,
      "export const run = () => ({ error: new TypeError('a fault, made by the test') });",
    );
    runInThreads(program);
    // Past the description of the API, which describes no fault.
    const answer = await fetch(`${ledger.url}/push/${PUSH_TOKEN}/call-reports`, {
      method: 'POST',
      body: JSON.stringify(LARGE),
    });
    expect([answer.status, await answer.json()]).toEqual([
      500,
      { code: 500, msg: 'The push could not be taken' },
    ]);
    await nothingIsKept();
  });

  it('when it is larger than PUSH_BODY_LIMIT: 413', async () => {
    await start({ PUSH_BODY_LIMIT: '10kb' });
    const answer = await ledger.push([record('a', { long: 'x'.repeat(20_000) })]);
    expect(told(answer)).toEqual(refused(413, 'The body is larger than 10240 bytes'));
    await nothingIsKept();
  });
});

describe('While no thread can be had', () => {
  it('an entry of the journal waits, and is drained once there is one', async () => {
    const left = join(folder, randomUUID());
    mkdirSync(left);
    const entry = arrive('vendor', null, Buffer.from(JSON.stringify(LARGE)), Date.now());
    writeFileSync(join(left, `${randomUUID()}.journal`), Buffer.concat(encodeEntry(entry)));
    const write = vi.spyOn(Keeper.prototype, 'write');
    runInThreads('/nowhere/program.mjs');
    await start();
    // More of them than an entry has that is given up.
    await until('nine tries', () => write.mock.calls.length >= 9);
    expect(await write.mock.results[0]?.value).toMatchObject({ nowhere: { while: 'reading' } });
    await nothingIsKept();
    runInThreads();
    await until('the call', async () => (await count('calls')) === 1);
    expect([await ways(), await count('quarantine')]).toEqual([['journal'], 0]);
  });

  it('a replay is answered 503, and the entry stays open', async () => {
    await start();
    // A body that the quarantine keeps whole, as an older version did that could not read it.
    const raw = Buffer.from(JSON.stringify(LARGE));
    await ledger.database.query(
      `INSERT INTO quarantine (id, delivery_id, received_at, source, status, place, reason, sha256, raw, records)
        VALUES ($1, $1, now(), 'vendor', 'open', '', 'made by the test', sha256($2), $2, NULL)`,
      [randomUUID(), raw],
    );
    const replay = () =>
      ledger.request('/v1/quarantine/replay', {
        method: 'POST',
        headers: { authorization: `Bearer ${API_KEY}` },
        body: JSON.stringify({ status: 'open' }),
      });
    runInThreads('/nowhere/program.mjs');
    const answer = await replay();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    runInThreads();
    expect((await replay()).body).toMatchObject({ replayed: 1, calls: 1 });
  });
});
