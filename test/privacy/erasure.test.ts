// A number in every place that there is, erased: nothing of it is left, and nothing else is touched.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { arrive } from '../../src/ingestion/delivery.js';
import { Keeper } from '../../src/ingestion/keeper.js';
import { Follower } from '../query/changes/follower.js';
import { Instance } from '../query/changes/instances.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { API_KEY } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { askFor, erased, erasureOf, NEIGHBOUR, NUMBER } from './erasing.js';
import { holds, tracesInDatabase, tracesInFolder } from './traces.js';

const SUMS = `SELECT sum(calls)::int AS calls, sum(answered)::int AS answered, sum(duration)::int AS duration,
  min(first_occurred_at) AS first, max(last_occurred_at) AS last FROM call_rollups`;
const padding = (size: number) => ({ padding: 'x'.repeat(size) });

/** Calls that hold the number, each somewhere else. */
const HELD: readonly Record<string, unknown>[] = [
  record('callee', { callee: NUMBER }),
  record('with-zero', { callee: `0${NUMBER}` }),
  record('with-country', { callee: `+86${NUMBER}` }),
  record('with-country-86', { callee: `86${NUMBER}` }),
  record('parted', { callee: '0086 139-0000-0777' }),
  record('as-a-number', { callee: Number(NUMBER) }),
  record('caller', { caller: NUMBER }),
  record('real-caller', { realCaller: NUMBER }),
  record('status-msg', { statusMsg: `no answer from ${NUMBER}, "busy"` }),
  record('out-id', { outId: `crm-${NUMBER}` }),
  record('nested', { answers: [{ to: { number: Number(NUMBER) } }, `tel:+86 139 0000 0777`] }),
  record('key', { [NUMBER]: true }),
  record('unreadable', { duration: NUMBER + 'x' }),
];
/** Calls that hold what looks like it, or nothing of it. */
const OTHERS: readonly Record<string, unknown>[] = [
  record('neighbour', { callee: NEIGHBOUR }),
  record('longer', { callee: `${NUMBER}0`, outId: `5${NUMBER}` }),
  record('nothing', padding(3000)),
];

let database: TestDatabase;
let proxy: TcpProxy;
let journals: string;
let one: Instance;
/** Reaches the database through the proxy. */
let two: Instance;

beforeAll(async () => {
  database = await createDatabase();
  proxy = await TcpProxy.before(Number(new URL(database.url).port));
  journals = mkdtempSync(join(tmpdir(), 'call-ledger-journals-'));
  const environment = { JOURNAL_DIR: journals, ACK_DEADLINE_MS: '5000' };
  one = await Instance.start(database.url, environment);
  two = await Instance.start(proxy.through(database.url), environment);
});
afterAll(async () => {
  await two.remove();
  await one.remove();
  await proxy.refuse();
  await database.drop();
  rmSync(journals, { recursive: true, force: true });
});

async function pushAll(): Promise<void> {
  const statuses: number[] = [];
  const push = async (body: unknown) => statuses.push((await one.push(body)).status);
  for (const held of HELD) await push([held, record(`beside-${String(held['callId'])}`)]);
  await push([...HELD, ...OTHERS, record('large', padding(5000))]);
  await push([...HELD, ...OTHERS, record('large', padding(5000))]);
  await push(OTHERS.slice(0, 1));
  // A correction brings the number, another one takes it away.
  await push([record('corrected-into'), record('corrected-away', { callee: NUMBER })]);
  await push([record('corrected-into', { callee: NUMBER }), record('corrected-away', { duration: 1 })]);
  await push([{ stray: NUMBER }, { callee: NUMBER, others: [NEIGHBOUR] }, { stray: NEIGHBOUR }]);
  await push([record('unlisted', { [`to ${NUMBER}`]: 1 })]);
  expect(new Set(statuses)).toEqual(new Set([200]));
  const refused = await fetch(pushUrl(one), {
    method: 'POST',
    body: `no JSON, but ${NUMBER} and ${NEIGHBOUR}`,
  });
  expect(refused.status).toBe(400);
}

const pushUrl = ({ url }: Instance) => `${url}/push/push-token-of-the-tests/call-reports`;
const heldIds = [...HELD.map(({ callId }) => String(callId)), 'corrected-into', 'unlisted', 'journaled'];

/** Rows without the number, as they are. */
const otherCalls = () =>
  database.query<{ call_id: string; row: string }>(
    `SELECT call_id, to_jsonb(calls)::text AS row FROM calls WHERE call_id <> ALL($1) ORDER BY 1`,
    [heldIds],
  );

async function bodies(): Promise<Map<string, string>> {
  const rows = await database.query<{ delivery_id: string; encoding: string; body: Buffer }>(
    'SELECT delivery_id, encoding, body FROM delivery_bodies',
  );
  return new Map(
    rows.map((row) => [
      row.delivery_id,
      (row.encoding === 'gzip' ? gunzipSync(row.body) : row.body).toString(),
    ]),
  );
}

describe('An erasure', () => {
  it('leaves nothing of the number in the database and in the journals, and touches nothing else', async () => {
    await pushAll();
    const follower = new Follower();
    await follower.catchUp(one.url);
    // What the database does not take waits in the other process' journal.
    await proxy.refuse();
    expect((await two.push([record('journaled', { callee: NUMBER }), record('journaled-too')])).status).toBe(
      200,
    );
    expect(tracesInFolder(journals, NUMBER)).not.toEqual([]);
    mkdirSync(journals, { recursive: true });
    const damaged = join(journals, 'some.journal.damaged');
    writeFileSync(damaged, `?\xff ${NUMBER} "callee":${NUMBER} ${NEIGHBOUR}`, 'latin1');
    const before = { others: await otherCalls(), bodies: await bodies(), sums: await database.query(SUMS) };

    const id = await askFor(one.url, '+86 139-0000-0777');
    await until('the erasure to wait for the journal', async () =>
      ((await erasureOf(one.url, id)).problem ?? '').includes('journal'),
    );
    expect((await erasureOf(one.url, id)).status).toBe('running');
    expect(await tracesInDatabase(database, NUMBER)).toEqual([]);
    expect(await database.query(SUMS)).toEqual(before.sums);
    await proxy.acceptAgain();

    const done = await erased(one.url, id);
    expect(done.erased).toEqual({
      calls: HELD.length + 3,
      // Of the call that got it, and of the one that lost it.
      revisions: 2,
      bodies: HELD.length + 6,
      quarantineEntries: 3,
      journalEntries: 2,
      schemaDrift: 2,
    });
    expect(done).toMatchObject({ problem: null, reason: 'asked for by the person, [erased]' });
    expect(await tracesInDatabase(database, NUMBER)).toEqual([]);
    expect(tracesInFolder(journals, NUMBER)).toEqual([]);
    expect(readFileSync(damaged, 'latin1')).toBe(`?\xff "[erased]" "callee":"[erased]" ${NEIGHBOUR}`);

    const others = await otherCalls();
    expect(others.filter((row) => row.call_id !== 'journaled-too')).toEqual(before.others);
    const after = await bodies();
    for (const [delivery, text] of before.bodies) {
      const now = after.get(delivery) ?? '';
      if (!holds(text, NUMBER)) expect(now).toBe(text);
      else expect(JSON.parse(now)).toBeDefined();
      expect(now.split(NEIGHBOUR)).toHaveLength(text.split(NEIGHBOUR).length);
    }
    const [sums] = before.sums as { calls: number; answered: number; duration: number }[];
    expect(await database.query(SUMS)).toMatchObject([
      {
        calls: (sums?.calls ?? 0) + 2,
        answered: (sums?.answered ?? 0) + 2,
        duration: (sums?.duration ?? 0) + 660,
      },
    ]);
    await follower.catchUp(one.url);
    expect([...follower.copy.keys()].sort()).toEqual(others.map((row) => row.call_id));
    expect(follower.counts.erased).toBe(HELD.length + 3);
    const sources = await database.query('SELECT DISTINCT sources FROM erased_calls');
    expect(sources).toEqual([{ sources: ['vendor'] }]);
  });

  it('keeps what is pushed after it, and erases what was received before and is written after it', async () => {
    const [, , third] = HELD;
    expect((await one.push([record('afterwards', { callee: NUMBER })])).status).toBe(200);
    const id = await askFor(one.url, NUMBER);
    expect((await one.push([record('meanwhile', { callee: NUMBER }), third])).status).toBe(200);
    expect((await erased(one.url, id)).erased).toMatchObject({ calls: 1, bodies: 1 });
    expect((await callsWith(NUMBER)).sort()).toEqual(['meanwhile', 'with-country']);

    const { requestedAt } = await erasureOf(one.url, id);
    const body = Buffer.from(JSON.stringify([record('late', { callee: NUMBER })]));
    const late = arrive('vendor', null, body, Date.parse(requestedAt) - 1);
    const outcome = await one.app.get(Keeper, { strict: false }).write({ ...late, via: 'journal' });
    expect(outcome).toEqual({ kept: 'database' });
    await until('the late one to be erased', async () => {
      const job = await erasureOf(one.url, id);
      return job.status === 'done' && job.erased.calls === 2;
    });
    expect((await erasureOf(one.url, id)).erased).toMatchObject({ calls: 2, bodies: 2, journalEntries: 1 });
    expect((await callsWith(NUMBER)).sort()).toEqual(['meanwhile', 'with-country']);
    const [job] = await database.query('SELECT sealed_number FROM erasures WHERE id = $1', [id]);
    expect(job).toEqual({ sealed_number: null });
  });

  it('is shared by two processes, each call erased once, and waits for writes that are under way', async () => {
    const names = Array.from({ length: 1500 }, (_, index) => `many-${index}`);
    for (let from = 0; from < 1500; from += 500)
      await one.push(
        names.slice(from, from + 500).map((name) => record(name, { statusMsg: `to ${NUMBER}` })),
      );
    const ids = [await askFor(one.url, NUMBER), await askFor(two.url, NUMBER)];
    const jobs = await Promise.all(ids.map((id) => erased(two.url, id)));
    expect(jobs.reduce((sum, job) => sum + job.erased.calls, 0)).toBe(1502);
    const [twice] = await database.query(
      `SELECT count(*)::int AS rows, count(DISTINCT call_id)::int AS calls FROM erased_calls WHERE call_id LIKE 'many-%'`,
    );
    expect(twice).toEqual({ rows: 1500, calls: 1500 });
    expect(await tracesInDatabase(database, NUMBER)).toEqual([]);
  });
});

const callsWith = async (number: string) =>
  (
    await database.query<{ call_id: string }>(`SELECT call_id FROM calls WHERE callee LIKE '%' || $1`, [
      number,
    ])
  ).map((row) => row.call_id);

describe('The requests', () => {
  const ask = (body: unknown) =>
    fetch(`${one.url}/v1/erasures`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${API_KEY}` },
    });

  it.each([
    [{ number: '12345', reason: 'x' }, 'number'],
    [{ number: `${NUMBER}x`, reason: 'x' }, 'number'],
    [{ number: 13900000777, reason: 'x' }, 'number'],
    [{ number: NUMBER, reason: ' ' }, 'reason'],
    [{ number: NUMBER }, 'reason'],
  ])('%j is refused, and the number is not said again', async (body, path) => {
    const answer = await ask(body);
    const text = await answer.text();
    expect(answer.status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ path }] });
    expect(text).not.toContain('0000777');
  });

  it('are listed, the newest first, in pages', async () => {
    const headers = { authorization: `Bearer ${API_KEY}` };
    const all = (await (await fetch(`${one.url}/v1/erasures`, { headers })).json()) as {
      data: { id: string }[];
    };
    expect(all.data).toHaveLength(4);
    const ids = all.data.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort().reverse());
    const first = (await (await fetch(`${one.url}/v1/erasures?limit=3`, { headers })).json()) as {
      page: { nextCursor: string };
    };
    const rest = await fetch(`${one.url}/v1/erasures?cursor=${first.page.nextCursor}`, { headers });
    expect(await rest.json()).toMatchObject({ data: [{ id: ids[3] }], page: { nextCursor: null } });
  });
});
