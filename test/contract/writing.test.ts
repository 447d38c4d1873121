// Writing: one call, one row, whatever is delivered how often; statistics that equal the rows; all of it or nothing.
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLedger, type Answer, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import {
  callOf,
  countOf,
  dataOf,
  deliveryOf,
  object,
  pushed,
  pushFromOther,
  random,
  rowCounts,
  string,
  SUCCESS,
  TABLES,
  type Json,
} from './helpers.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

/** The history of a call, oldest revision first. */
async function historyOf(callId: string, of = ledger): Promise<Json[]> {
  const history = dataOf(await of.get(`/v1/calls/${callId}/history`));
  return history.sort((one, other) => Number(one['revision']) - Number(other['revision']));
}

const durationIn = (entry: Json | undefined) => object(object(entry)['call'])['duration'];

/** What differs between the rollups and a GROUP BY over the calls: no row when they are equal. */
const ROLLUPS_AGAINST_CALLS = `
  WITH rolled AS (
    SELECT bucket_start, source, coalesce(task_id, '') AS task_id, coalesce(batch_id, '') AS batch_id,
           coalesce(status_code, '') AS status_code, coalesce(smart_status_code, '') AS smart_status_code,
           coalesce(hangup_direction, '') AS hangup_direction,
           sum(calls)::bigint AS calls, sum(answered)::bigint AS answered, sum(duration)::bigint AS duration,
           sum(b_duration)::bigint AS b_duration,
           min(first_occurred_at) AS first, max(last_occurred_at) AS last
    FROM call_rollups GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(calls) <> 0
  ), counted AS (
    SELECT date_bin('15 minutes', occurred_at, timestamptz '2000-01-01 00:00:00Z') AS bucket_start, source,
           coalesce(task_id, '') AS task_id, coalesce(batch_id, '') AS batch_id,
           coalesce(status_code, '') AS status_code, coalesce(smart_status_code, '') AS smart_status_code,
           coalesce(hangup_direction, '') AS hangup_direction,
           count(*) AS calls, count(*) FILTER (WHERE answered) AS answered, coalesce(sum(duration), 0)::bigint AS duration,
           coalesce(sum(b_duration), 0)::bigint AS b_duration, min(occurred_at) AS first, max(occurred_at) AS last
    FROM calls GROUP BY 1, 2, 3, 4, 5, 6, 7
  )
  SELECT 'rolled' AS only_in, * FROM (SELECT * FROM rolled EXCEPT SELECT * FROM counted) AS a
  UNION ALL SELECT 'counted', * FROM (SELECT * FROM counted EXCEPT SELECT * FROM rolled) AS b`;

async function expectRollupsEqualCalls(of = ledger): Promise<void> {
  expect(await countOf(of, 'calls')).toBeGreaterThan(0);
  expect(await of.database.query(ROLLUPS_AGAINST_CALLS)).toEqual([]);
  // A group of which no call is left has no times left: the lists take the first and last over all groups.
  const leftOver = await of.database.query(`
    SELECT task_id FROM call_rollups GROUP BY bucket_start, source, task_id, batch_id, status_code, smart_status_code,
      hangup_direction
    HAVING sum(calls) = 0 AND (max(last_occurred_at) IS NOT NULL OR sum(answered) <> 0 OR sum(duration) <> 0)`);
  expect(leftOver).toEqual([]);
}

describe('a call that comes again unchanged', () => {
  it('is counted as a duplicate, and only its last receipt moves', async () => {
    await pushed(ledger, [record('duplicate', { news: { b: 1, a: [2] } })]);
    const versions = () =>
      ledger.database.query(`
        SELECT 'task', xmin::text, ctid::text FROM tasks WHERE task_id = 'task-1'
        UNION ALL SELECT 'batch', xmin::text, ctid::text FROM batches WHERE task_id = 'task-1'`);
    const [before, rows, call] = [
      await versions(),
      await rowCounts(ledger),
      await callOf(ledger, 'duplicate'),
    ];
    expect(before).toHaveLength(2);
    const id = await pushed(ledger, ` ${JSON.stringify([record('duplicate', { news: { a: [2], b: 1 } })])} `);
    expect(await deliveryOf(ledger, id)).toMatchObject({
      ...{ redelivery_of: null, records: 1, stored: 0, corrected: 0, duplicate: 1, quarantined: 0 },
    });
    expect(await versions()).toEqual(before);
    const again = await callOf(ledger, 'duplicate');
    const { received_at } = await deliveryOf(ledger, id);
    expect(again).toEqual({ ...call, lastReceivedAt: received_at.toISOString() });
    expect(Date.parse(string(again['lastReceivedAt']))).toBeGreaterThan(
      Date.parse(string(call['lastReceivedAt'])),
    );
    const since = encodeURIComponent(string(again['lastReceivedAt']));
    const list = dataOf(await ledger.get(`/v1/calls?callId=duplicate&receivedFrom=${since}`));
    expect(list).toMatchObject([{ callId: 'duplicate' }]);
    expect(await rowCounts(ledger)).toEqual({
      ...rows,
      deliveries: (rows['deliveries'] ?? 0) + 1,
      delivery_bodies: (rows['delivery_bodies'] ?? 0) + 1,
    });
  });

  it('is a duplicate also when it holds no time at all', async () => {
    await pushed(ledger, '[{"callId":"timeless","taskId":"t"}]');
    const call = await callOf(ledger, 'timeless');
    const id = await pushed(ledger, '[ {"taskId":"t","callId":"timeless"} ]');
    expect(await deliveryOf(ledger, id)).toMatchObject({ duplicate: 1, corrected: 0 });
    const { received_at } = await deliveryOf(ledger, id);
    expect(await callOf(ledger, 'timeless')).toEqual({ ...call, lastReceivedAt: received_at.toISOString() });
  });
});

describe('a call that comes again with other content', () => {
  it('replaces the row, and what stood there is in the history with the delivery that brought it', async () => {
    const first = await pushed(ledger, [record('corrected', { duration: 1, news: 'old', ringTime: null })]);
    const firstCall = await callOf(ledger, 'corrected');
    const second = await pushed(ledger, [record('corrected', { duration: 2, outId: null })]);
    const call = await callOf(ledger, 'corrected');
    expect(call).toMatchObject({
      ...{ duration: 2, revision: 2, deliveryId: second, extra: null, outId: null },
      ringTime: '2025-06-01T01:59:50.000Z',
      firstReceivedAt: firstCall['firstReceivedAt'],
    });
    expect(Date.parse(string(call['lastReceivedAt']))).toBeGreaterThan(
      Date.parse(string(firstCall['lastReceivedAt'])),
    );
    expect(await deliveryOf(ledger, second)).toMatchObject({ stored: 0, corrected: 1, duplicate: 0 });
    const revisions = await ledger.database.query(
      `SELECT revision, delivery_id FROM call_revisions WHERE call_id = 'corrected'`,
    );
    expect(revisions).toEqual([{ revision: 1, delivery_id: first }]);
    const history = await historyOf('corrected');
    expect(history).toMatchObject([
      { revision: 1, deliveryId: first, receivedAt: firstCall['lastReceivedAt'] },
      { revision: 2, deliveryId: second, receivedAt: call['lastReceivedAt'] },
    ]);
    expect(object(history[0])['call']).toMatchObject({
      ...{ duration: 1, extra: { news: 'old' }, ringTime: null, outId: 'out-of-corrected', taskId: 'task-1' },
      originateTime: '2025-06-01T01:59:45.000Z',
      answered: true,
    });
    expect(object(history[1])['call']).toMatchObject({ duration: 2, outId: null });
    await expectRollupsEqualCalls();
  });

  it.each<[string, unknown]>([
    ['taskId', 'another task'],
    ['batchId', 'another batch'],
    ['detailId', 'x'],
    ['outId', 'x'],
    ['originateTime', '2025-06-01 09:59:46'],
    ['ringTime', null],
    ['startTime', '2025-06-01 09:59:46'],
    ['endTime', '2025-06-01 09:59:46'],
    ['duration', 1],
    ['bOriginateTime', null],
    ['bRingTime', null],
    ['bStartTime', null],
    ['bEndTime', null],
    ['bDuration', 0],
    ['statusCode', 'x'],
    ['smartStatusCode', 'x'],
    ['statusMsg', 'x'],
    ['caller', 'x'],
    ['realCaller', 'x'],
    ['callee', 'x'],
    ['hangupDirection', 'x'],
    ['news', null],
    ['news', { deep: [1] }],
    ['duration', 'unreadable'],
  ])('is a correction also when only %s is %j', async (field, value) => {
    const callId = `only-${field}-${JSON.stringify(value).length}`;
    await pushed(ledger, [record(callId)]);
    const id = await pushed(ledger, [record(callId, { [field]: value })]);
    expect(await deliveryOf(ledger, id)).toMatchObject({ corrected: 1, duplicate: 0 });
    expect(await callOf(ledger, callId)).toMatchObject({ revision: 2, deliveryId: id });
  });

  it('may bring the old content back: that is a third revision', async () => {
    const ids = [];
    for (const duration of [1, 2, 1])
      ids.push(await pushed(ledger, [record('back again', { duration }), record(`with ${ids.length}`)]));
    expect(await callOf(ledger, 'back again')).toMatchObject({
      duration: 1,
      revision: 3,
      deliveryId: ids[2],
    });
    const history = await historyOf('back again');
    expect(history.map(({ revision, deliveryId }) => [revision, deliveryId])).toEqual([
      [1, ids[0]],
      [2, ids[1]],
      [3, ids[2]],
    ]);
    expect(history.map(durationIn)).toEqual([1, 2, 1]);
    await expectRollupsEqualCalls();
  });

  it('leaves exact first and last times behind when it takes the first or last call of a quarter-hour away', async () => {
    const at = (time: string) => ({ taskId: 'edges', originateTime: `2025-07-01 ${time}` });
    await pushed(ledger, [
      record('edge-first', at('10:00:00')),
      record('edge-middle', at('10:07:00')),
      record('edge-last', at('10:14:59')),
    ]);
    await expectRollupsEqualCalls();
    await pushed(ledger, [record('edge-first', at('12:00:00'))]);
    await expectRollupsEqualCalls();
    await pushed(ledger, [record('edge-last', { ...at('10:14:59'), taskId: 'other edges' })]);
    await expectRollupsEqualCalls();
    await pushed(ledger, [record('edge-middle', { ...at('10:07:00'), taskId: null })]);
    await expectRollupsEqualCalls();
    expect((await ledger.get('/v1/tasks/edges')).body).toMatchObject({
      ...{ calls: 1, firstCallAt: '2025-07-01T04:00:00.000Z', lastCallAt: '2025-07-01T04:00:00.000Z' },
    });
  });
});

describe('a call that stands twice in one delivery', () => {
  it('is what it says last', async () => {
    const records = [1, 2, 3].map((duration) => record('twice', { duration }));
    const id = await pushed(ledger, [records[0], record('between'), records[1], records[2]]);
    expect(await callOf(ledger, 'twice')).toMatchObject({ duration: 3, deliveryId: id });
    const { stored, corrected, duplicate, quarantined, records: count } = await deliveryOf(ledger, id);
    expect([count, stored + corrected + duplicate + quarantined]).toEqual([4, 4]);
    expect(stored).toBe(2);
    await expectRollupsEqualCalls();
  });

  it('corrects a call that is there once, with what it says last', async () => {
    await pushed(ledger, [record('twice more', { duration: 1 })]);
    const id = await pushed(ledger, [
      record('twice more', { duration: 2 }),
      record('twice more', { duration: 3 }),
    ]);
    expect(await callOf(ledger, 'twice more')).toMatchObject({ duration: 3 });
    const { stored, corrected, duplicate } = await deliveryOf(ledger, id);
    expect(stored).toBe(0);
    expect(stored + corrected + duplicate).toBe(2);
    const history = await historyOf('twice more');
    expect([durationIn(history[0]), durationIn(history.at(-1))]).toEqual([1, 3]);
    await expectRollupsEqualCalls();
  });

  it('is unchanged when the last says what is there', async () => {
    await pushed(ledger, [record('twice and back', { duration: 1 })]);
    await pushed(ledger, [
      record('twice and back', { duration: 2 }),
      record('twice and back', { duration: 1 }),
    ]);
    expect(await callOf(ledger, 'twice and back')).toMatchObject({ duration: 1 });
    await expectRollupsEqualCalls();
  });
});

describe('a delivery', () => {
  it('has counts that add up', async () => {
    await pushed(ledger, [record('sum-old'), record('sum-same')]);
    const id = await pushed(ledger, [
      record('sum-old', { duration: 1 }),
      record('sum-same'),
      record('sum-new'),
      record('sum-new'),
      null,
      {},
    ]);
    expect(await deliveryOf(ledger, id)).toMatchObject({
      ...{ records: 6, stored: 1, corrected: 1, duplicate: 2, quarantined: 2 },
    });
  });

  it('has a position after every delivery before it', async () => {
    const ids = [];
    for (let n = 0; n < 5; n += 1) ids.push(await pushed(ledger, [record(`position-${n}`)]));
    const rows = await ledger.database.query<{ id: string }>(
      'SELECT id FROM deliveries WHERE id = ANY($1) ORDER BY position',
      [ids],
    );
    expect(rows.map(({ id }) => id)).toEqual(ids);
    const [all] = await ledger.database.query(
      'SELECT (count(*) = count(DISTINCT position)) AS unique, min(position) > 0 AS positive FROM deliveries',
    );
    expect(all).toEqual({ unique: true, positive: true });
  });

  it.each<[string, string]>([
    ['small', '[{"callId" : "bytes-1", "taskId":"\\u4e2d文", "big":1181123456789012347, "f":1.50}]\n'],
    ['large', JSON.stringify(Array.from({ length: 500 }, (_, n) => record(`bytes-2-${n}`)))],
    ['bare', '\t{"callId":"bytes-3"}\r\n'],
    ['partly unreadable', '[{"callId":"bytes-4"},5]'],
  ])('(%s) is kept to the byte', async (_what, text) => {
    const id = await pushed(ledger, text);
    const rows = await ledger.database.query<{ encoding: string; body: Buffer }>(
      'SELECT encoding, body FROM delivery_bodies WHERE delivery_id = $1',
      [id],
    );
    expect(rows).toHaveLength(1);
    const { encoding, body } = rows[0] ?? { encoding: '', body: Buffer.of() };
    expect(['identity', 'gzip']).toContain(encoding);
    expect((encoding === 'gzip' ? gunzipSync(body) : body).toString()).toBe(text);
    if (text.length > 100_000) expect(body.length).toBeLessThan(text.length / 4);
    const { sha256, bytes } = await deliveryOf(ledger, id);
    expect(bytes).toBe(Buffer.byteLength(text));
    expect(sha256.equals(createHash('sha256').update(text).digest())).toBe(true);
  });

  it('(sent as gzip) is kept so that it unpacks to the byte', async () => {
    const text = '[ {"callId":"bytes-gzip", "n":1.50} ]';
    const id = await pushed(ledger, gzipSync(text), { 'content-encoding': 'gzip' });
    const rows = await ledger.database.query<{ encoding: string; body: Buffer }>(
      'SELECT encoding, body FROM delivery_bodies WHERE delivery_id = $1',
      [id],
    );
    expect(rows.map(({ encoding, body }) => String(encoding === 'gzip' ? gunzipSync(body) : body))).toEqual([
      text,
    ]);
  });
});

describe('tasks and batches', () => {
  it('are there once, from the first call that names them', async () => {
    const calls = [
      record('tb-1', { taskId: 'tb', batchId: 'b1' }),
      record('tb-2', { taskId: 'tb', batchId: 'b2' }),
      record('tb-3', { taskId: 'tb', batchId: 'b1' }),
      record('tb-4', { taskId: 'tb', batchId: null }),
      record('tb-5', { taskId: 'tb-2', batchId: 'b1' }),
    ];
    const id = await pushed(ledger, calls);
    await pushed(ledger, [record('tb-6', { taskId: 'tb', batchId: 'b1' })]);
    const tasks = await ledger.database.query(
      `SELECT * FROM tasks WHERE task_id LIKE 'tb%' ORDER BY task_id`,
    );
    const { received_at: seen } = await deliveryOf(ledger, id);
    expect(tasks).toEqual([
      { task_id: 'tb', first_seen_at: seen },
      { task_id: 'tb-2', first_seen_at: seen },
    ]);
    const batches = await ledger.database.query(
      `SELECT * FROM batches WHERE task_id LIKE 'tb%' ORDER BY task_id, batch_id`,
    );
    expect(batches).toEqual([
      { task_id: 'tb', batch_id: 'b1', first_seen_at: seen },
      { task_id: 'tb', batch_id: 'b2', first_seen_at: seen },
      { task_id: 'tb-2', batch_id: 'b1', first_seen_at: seen },
    ]);
  });

  it('are not there for a call without a task', async () => {
    const before = await rowCounts(ledger);
    await pushed(ledger, [record('no task', { taskId: null, batchId: null })]);
    const after = await rowCounts(ledger);
    expect([after['tasks'], after['batches']]).toEqual([before['tasks'], before['batches']]);
    expect(after['calls']).toBe((before['calls'] ?? 0) + 1);
  });

  it('are there too when a correction names them first', async () => {
    await pushed(ledger, [record('moved', { taskId: 'moved from', batchId: 'm' })]);
    await pushed(ledger, [record('moved', { taskId: 'moved to', batchId: 'm' })]);
    expect((await ledger.get('/v1/tasks/moved%20to/batches/m')).body).toMatchObject({ calls: 1 });
    expect((await ledger.get('/v1/tasks/moved%20from')).body).toMatchObject({ calls: 0 });
  });
});

describe('one transaction', () => {
  const failing = async (when: string, act: (of: TestLedger) => Promise<void>) => {
    const own = await startLedger();
    await own.database.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'of the test'; END $$`);
    await own.database.query(`CREATE ${when} EXECUTE FUNCTION fail()`);
    try {
      await act(own);
    } finally {
      await own.stop();
    }
  };
  const body = JSON.stringify([record('all or nothing'), { no: 'callId' }]);
  const empty = Object.fromEntries(TABLES.map((table) => [table, 0]));

  it.each([
    ['the delivery can not be written', 'TRIGGER broken BEFORE INSERT ON deliveries FOR EACH ROW'],
    ['the body can not be written', 'TRIGGER broken BEFORE INSERT ON delivery_bodies FOR EACH ROW'],
    ['the rollups can not be written', 'TRIGGER broken BEFORE INSERT ON rollups FOR EACH ROW'],
    ['the quarantine can not be written', 'TRIGGER broken BEFORE INSERT ON quarantine FOR EACH ROW'],
    [
      'the commit itself fails',
      'CONSTRAINT TRIGGER broken AFTER INSERT ON delivery_bodies DEFERRABLE INITIALLY DEFERRED FOR EACH ROW',
    ],
  ])('keeps nothing and acknowledges nothing when %s, and all of it the next time', (_what, when) =>
    failing(when, async (own) => {
      const answer = await own.push(body);
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(answer.body).toEqual({ code: answer.status, msg: expect.any(String) });
      expect(answer.text).not.toContain('of the test');
      expect(await rowCounts(own)).toEqual(empty);
      await own.database.query('DROP FUNCTION fail CASCADE');
      const id = await pushed(own, body);
      expect(await deliveryOf(own, id)).toMatchObject({ redelivery_of: null, stored: 1, quarantined: 1 });
      expect(await rowCounts(own)).toEqual({
        ...empty,
        ...Object.fromEntries(TABLES.map((table) => [table, 1])),
        call_revisions: 0,
      });
      await expectRollupsEqualCalls(own);
    }),
  );

  it('that fails harms no delivery beside it', () =>
    failing(
      `TRIGGER broken BEFORE INSERT ON deliveries FOR EACH ROW WHEN (NEW.source = 'other')`,
      async (own) => {
        const pushes: Promise<[string, Answer]>[] = [];
        for (let n = 0; n < 30; n += 1) {
          if (n % 3 === 1)
            pushes.push(pushFromOther(own, [record(`poison-${n}`)]).then((answer) => ['poison', answer]));
          else pushes.push(own.push([record(`good-${n}`)]).then((answer) => ['good', answer]));
        }
        for (const [kind, answer] of await Promise.all(pushes)) {
          if (kind === 'good') expect(answer.text).toBe(SUCCESS);
          else expect(answer.status).toBeGreaterThanOrEqual(500);
        }
        const calls = await own.database.query<{ call_id: string }>('SELECT call_id FROM calls');
        expect(calls).toHaveLength(20);
        expect(calls.filter(({ call_id }) => call_id.startsWith('poison'))).toEqual([]);
        expect(await countOf(own, 'deliveries')).toBe(20);
        await expectRollupsEqualCalls(own);
      },
    ));
});

describe('a delivery that was received earlier', () => {
  it('never overwrites what came later: it only enters the history', async () => {
    const first = await pushed(ledger, [record('late', { duration: 1 })]);
    const second = await pushed(ledger, [record('late', { duration: 2 })]);
    // As if what stands there had been received after what now comes.
    const moveReceipt = async (by: string) => {
      const [moved] = await ledger.database.query<{ at: Date }>(
        `SELECT last_received_at + $1::interval AS at FROM calls WHERE call_id = 'late'`,
        [by],
      );
      await ledger.database.query(`UPDATE calls SET last_received_at = $1 WHERE call_id = 'late'`, [
        moved?.at,
      ]);
    };
    await moveReceipt('1 hour');
    const row = () => ledger.database.query(`SELECT * FROM calls WHERE call_id = 'late'`);
    const before = await row();
    const third = await pushed(ledger, [
      record('late', { duration: 3, originateTime: '2024-01-01 00:00:00', taskId: 'late task' }),
      record('beside late'),
    ]);
    expect((await row()).map((call) => ({ ...call, revision: 0 }))).toEqual(
      before.map((call) => ({ ...call, revision: 0 })),
    );
    expect(await callOf(ledger, 'beside late')).toMatchObject({ deliveryId: third });
    const history = await historyOf('late');
    const brought = new Map(history.map((entry) => [entry['deliveryId'], durationIn(entry)]));
    expect(brought).toEqual(
      new Map<unknown, unknown>([
        [first, 1],
        [second, 2],
        [third, 3],
      ]),
    );
    expect(history.filter(({ current }) => current === true).map(({ deliveryId }) => deliveryId)).toEqual([
      second,
    ]);
    expect(new Set(history.map(({ revision }) => revision)).size).toBe(3);
    const { records, stored, corrected, duplicate, quarantined } = await deliveryOf(ledger, third);
    expect([records, stored + corrected + duplicate + quarantined]).toEqual([2, 2]);
    await expectRollupsEqualCalls();
    // The call goes on living: the next correction that is received later stands.
    await moveReceipt('-1 hour');
    const fourth = await pushed(ledger, [record('late', { duration: 4 })]);
    expect(await callOf(ledger, 'late')).toMatchObject({ duration: 4, deliveryId: fourth });
    expect(await historyOf('late')).toHaveLength(4);
    await expectRollupsEqualCalls();
  });
});

describe('the statistics', () => {
  const CALLS = 60;

  /** A record of one of a few calls, with one of a few contents. */
  function drawn(next: () => number): Json {
    const pick = (...values: unknown[]): unknown => values[Math.floor(next() * values.length)];
    const minutes = `${String(pick('00', '14', '15', '59'))}:${String(pick('00', '59'))}`;
    const time = `2025-06-0${String(pick(1, 2))} ${String(pick('00', '10', '23'))}:${minutes}`;
    return {
      ...record(`mixed-${Math.floor(next() * CALLS)}`),
      taskId: pick('m1', 'm2', null),
      batchId: pick('b1', 'b2', null),
      originateTime: pick(time, time, null),
      bOriginateTime: time,
      startTime: pick(time, null),
      duration: pick(0, 5, 100, null, 'abc'),
      bDuration: pick(0, 7, undefined),
      statusCode: pick('200000', '200010', null),
      smartStatusCode: pick('ANSWERED', 'NO_ANSWER', null),
      hangupDirection: pick('User', '机器', null),
    };
  }

  it('equal a GROUP BY over the calls after any mix of calls, duplicates and corrections', async () => {
    const own = await startLedger();
    const fresh = await startLedger();
    try {
      const next = random(20250601);
      const last = new Map<string, Json>();
      const sent: Json[][] = [];
      for (let delivery = 0; delivery < 45; delivery += 1) {
        const again = sent[Math.floor(next() * sent.length)];
        const records =
          again !== undefined && next() < 0.2
            ? [...again].reverse()
            : Array.from({ length: 1 + Math.floor(next() * 20) }, () => drawn(next));
        sent.push(records);
        for (const one of records) last.set(string(one['callId']), one);
        // A space more each time: never the same body, so that each is read.
        await pushed(own, JSON.stringify(records) + ' '.repeat(delivery));
        if (delivery % 10 === 9) await expectRollupsEqualCalls(own);
      }
      expect(await countOf(own, 'calls')).toBe(last.size);
      expect(await countOf(own, 'call_revisions')).toBeGreaterThan(100);
      for (const [callId, content] of last) {
        expect(await callOf(own, callId)).toMatchObject({
          taskId: content['taskId'],
          batchId: content['batchId'],
        });
      }
      // All that the rollups hold is what they hold where only the last contents ever came.
      await pushed(fresh, [...last.values()]);
      const rollups = (of: TestLedger) =>
        of.database.query(`
          SELECT bucket_start, source, task_id, batch_id, status_code, smart_status_code, hangup_direction,
                 sum(calls) AS calls, sum(answered) AS answered, sum(duration) AS duration, sum(b_duration) AS b_duration,
                 sum(answer_delay_ms) AS answer_delay_ms, sum(answer_delay_calls) AS answer_delay_calls
          FROM call_rollups GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(calls) <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7`);
      const expected = await rollups(fresh);
      expect(expected.length).toBeGreaterThan(10);
      expect(await rollups(own)).toEqual(expected);
    } finally {
      await own.stop();
      await fresh.stop();
    }
  });

  it('equal the calls, one row each, when two processes take conflicting deliveries at once', async () => {
    const one = await startLedger();
    const other = await startLedger({ DATABASE_URL: one.database.url });
    try {
      const next = random(7);
      const seen: string[][] = [];
      for (let round = 0; round < 8; round += 1) {
        const waiting = { pending: true };
        const pushes = Array.from({ length: 8 }, (_, n) => {
          const records = Array.from({ length: 30 }, () => drawn(next));
          const to = n % 2 === 0 ? one : other;
          return n % 4 < 2 ? to.push(records) : pushFromOther(to, records);
        });
        const all = Promise.all(pushes).finally(() => {
          waiting.pending = false;
        });
        while (waiting.pending) {
          const rows = await one.database.query<{ position: string }>(
            'SELECT position FROM deliveries ORDER BY position',
          );
          seen.push(rows.map(({ position }) => position));
        }
        expect((await all).map(({ text }) => text)).toEqual(pushes.map(() => SUCCESS));
      }
      await expectRollupsEqualCalls(one);
      const [sums] = await one.database.query<Record<string, number>>(`
        SELECT count(*)::int AS deliveries, sum(records)::int AS records,
               sum(stored + corrected + duplicate + quarantined)::int AS accounted, sum(stored)::int AS stored
        FROM deliveries`);
      expect(sums).toEqual({
        ...{ deliveries: 64, records: 64 * 30, accounted: 64 * 30, stored: await countOf(one, 'calls') },
      });
      // Positions became visible in their order: whoever had read up to one missed nothing before it.
      const final = await one.database.query<{ position: string }>(
        'SELECT position FROM deliveries ORDER BY position',
      );
      const positions = final.map(({ position }) => position);
      expect(new Set(seen.map((snapshot) => snapshot.length)).size).toBeGreaterThan(5);
      for (const snapshot of seen) expect(snapshot).toEqual(positions.slice(0, snapshot.length));
      // What came too late to be the row's is in the history without a number of its own.
      const [revisions] = await one.database.query(`
        SELECT count(*)::int AS wrong FROM calls WHERE revision <>
          1 + (SELECT count(old.revision) FROM call_revisions AS old WHERE old.call_id = calls.call_id)`);
      expect(revisions).toEqual({ wrong: 0 });
    } finally {
      await other.stop();
      await one.stop();
    }
  });
});
