import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arrive } from '../../src/ingestion/delivery.js';
import { Keeper } from '../../src/ingestion/keeper.js';
import { orderedId } from '../../src/persistence/sql/ids.js';
import { Retention } from '../../src/privacy/retention/retention.js';
import { Instance } from '../query/changes/instances.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { record } from '../support/records.js';

const DAY_MS = 86_400_000;
const SUMS = `SELECT sum(calls)::int AS calls, sum(answered)::int AS answered, sum(duration)::int AS duration,
  min(first_occurred_at) AS first, max(last_occurred_at) AS last FROM call_rollups`;

let database: TestDatabase;
let instances: Instance[];

beforeEach(async () => {
  database = await createDatabase();
  instances = [];
});
afterEach(async () => {
  for (const instance of instances) await instance.remove();
  await database.drop();
});

async function start(environment: Record<string, string> = {}): Promise<Instance> {
  const instance = await Instance.start(database.url, { JOURNAL_DIR: 'off', ...environment });
  instances.push(instance);
  return instance;
}

const retention = ({ app }: Instance) => app.get(Retention, { strict: false });

/** As a push that arrived some days ago. */
async function receive({ app }: Instance, daysAgo: number, body: unknown): Promise<void> {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const delivery = arrive('vendor', null, bytes, Date.now() - daysAgo * DAY_MS);
  expect(await app.get(Keeper, { strict: false }).write(delivery)).not.toHaveProperty('nowhere');
}

const idsOf = async (table: string, column: string) =>
  (await database.query<{ id: string }>(`SELECT ${column} AS id FROM ${table} ORDER BY 1`)).map(
    ({ id }) => id,
  );

describe('Bodies', () => {
  it('leave after their days, and nothing else does', async () => {
    const instance = await start({ BODY_RETENTION_DAYS: '30' });
    for (const days of [31, 30.1, 29.9, 0]) await receive(instance, days, [record(`of-${days}`)]);
    expect(await retention(instance).run()).toMatchObject({ bodies: 2, calls: 0, revisions: 0 });
    expect(await idsOf('calls', 'call_id')).toEqual(['of-0', 'of-29.9', 'of-30.1', 'of-31']);
    const ages = await database.query<{ days: number }>(
      'SELECT extract(epoch FROM now() - received_at)::float / 86400 AS days FROM delivery_bodies ORDER BY 1',
    );
    expect(ages.map(({ days }) => Math.round(days * 10) / 10)).toEqual([0, 29.9]);
    expect(await idsOf('deliveries', 'id')).toHaveLength(4);
  });

  it('leave in many steps when they are many, also when they came at the same moment', async () => {
    const instance = await start();
    await database.query(`INSERT INTO delivery_bodies
      SELECT gen_random_uuid(), now() - interval '40 days' - (i / 700) * interval '1 s', 'identity', 'x'
      FROM generate_series(1, 3500) AS i`);
    await receive(instance, 1, [record('young')]);
    expect(await retention(instance).run()).toMatchObject({ bodies: 3500 });
    expect(await idsOf('delivery_bodies', 'delivery_id')).toHaveLength(1);
  });

  it('stay for ever when the days are 0', async () => {
    const instance = await start({ BODY_RETENTION_DAYS: '0' });
    await receive(instance, 5000, [record('old')]);
    expect(await retention(instance).run()).toMatchObject({ bodies: 0, calls: 0 });
    expect(await idsOf('delivery_bodies', 'delivery_id')).toHaveLength(1);
  });
});

describe('Calls', () => {
  it('leave with their history after their days since they last came; the statistics keep them', async () => {
    const instance = await start({ CALL_RETENTION_DAYS: '90' });
    await receive(instance, 95, [record('old'), record('renewed'), record('corrected')]);
    await receive(instance, 94, [record('corrected', { duration: 1 })]);
    await receive(instance, 5, [record('renewed', { duration: 2 })]);
    // A clock of the vendor's is not ours to judge: neither does the first leave at once nor the second stay for ever.
    await receive(instance, 1, [record('of-1970', { originateTime: '1970-01-02 00:00:00' })]);
    await receive(instance, 91, [record('of-9999', { originateTime: '9999-01-01 00:00:00' })]);
    const before = await database.query(SUMS);
    expect(await retention(instance).run()).toMatchObject({ calls: 3, revisions: 1 });
    expect(await idsOf('calls', 'call_id')).toEqual(['of-1970', 'renewed']);
    expect(await idsOf('call_revisions', 'call_id')).toEqual(['renewed']);
    expect(await database.query(SUMS)).toEqual(before);
    expect(await idsOf('tasks', 'task_id')).toEqual(['task-1']);
  });

  it('take their notes and recordings along, and so do notes and recordings whose call never came', async () => {
    const instance = await start({ CALL_RETENTION_DAYS: '90' });
    const messages = (callId: string, majorIntent: string) => [
      { callId, majorIntent },
      { callId, recordFile: `http://store.example/${majorIntent}.wav` },
    ];
    await receive(instance, 95, [record('old'), ...messages('old', 'A'), ...messages('orphan', 'A')]);
    await receive(instance, 94, [...messages('orphan', 'B'), ...messages('renewed', 'A')]);
    await receive(instance, 5, [record('young'), ...messages('young', 'A'), ...messages('late', 'A')]);
    await receive(instance, 4, messages('renewed', 'A'));
    expect(await retention(instance).run()).toMatchObject({ calls: 1, orphans: 2 });
    for (const table of ['call_notes', 'call_recordings'])
      expect(await idsOf(table, 'call_id')).toEqual(['late', 'renewed', 'young']);
    expect(await idsOf('message_revisions', 'call_id')).toEqual([]);
  });

  it('leave the times of the statistics behind, also when the last one is corrected into another place', async () => {
    const instance = await start({ CALL_RETENTION_DAYS: '90' });
    await receive(instance, 95, [record('old', { originateTime: '2025-06-01 09:50:00' })]);
    await receive(instance, 5, [record('young')]);
    await retention(instance).run();
    await receive(instance, 1, [record('young', { statusCode: '200001' })]);
    const times = await database.query(
      `SELECT status_code, sum(calls)::int AS calls, count(first_occurred_at)::int AS times FROM call_rollups
        GROUP BY 1 ORDER BY 1`,
    );
    expect(times).toEqual([
      { status_code: '200000', calls: 1, times: expect.anything() },
      { status_code: '200001', calls: 1, times: 1 },
    ]);
    const [known] = times as { times: number }[];
    expect(known?.times).toBeGreaterThan(0);
  });

  it('that are corrected while they leave are kept as new ones, and no push fails', async () => {
    const instance = await start({ CALL_RETENTION_DAYS: '90', ACK_DEADLINE_MS: '20000' });
    const names = Array.from({ length: 3000 }, (_, index) => `call-${index}`);
    for (let from = 0; from < names.length; from += 500)
      await receive(
        instance,
        95,
        names.slice(from, from + 500).map((name) => record(name)),
      );
    const leaving = retention(instance).run();
    const statuses: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const pushes = Array.from({ length: 5 }, (_, part) =>
        instance.push(
          names.slice(part * 600, part * 600 + 600).map((name) => record(name, { duration: round })),
        ),
      );
      statuses.push(...(await Promise.all(pushes)).map(({ status }) => status));
    }
    await leaving;
    expect(new Set(statuses)).toEqual(new Set([200]));
    const [found] = await database.query(`SELECT count(*)::int AS calls, min(duration) AS least FROM calls`);
    expect(found).toEqual({ calls: 3000, least: 5 });
  });
});

describe('Entries of the quarantine', () => {
  async function age(daysAgo: number, status: string, resolvedDaysAgo: number | null): Promise<void> {
    const at = (days: number) => new Date(Date.now() - days * DAY_MS);
    await database.query(
      `INSERT INTO quarantine (id, delivery_id, received_at, source, status, place, reason, raw, records, resolved_at)
        VALUES ($1, $1, $2, 'vendor', $3, '', $4, 'x', 1, $5)`,
      [
        orderedId(at(daysAgo).getTime()),
        at(daysAgo),
        status,
        `${status} ${daysAgo}`,
        resolvedDaysAgo === null ? null : at(resolvedDaysAgo),
      ],
    );
  }

  it('leave after the days of bodies once they are resolved; open ones wait for somebody', async () => {
    const instance = await start({ BODY_RETENTION_DAYS: '30' });
    await age(40, 'replayed', 35);
    await age(41, 'replayed', 10);
    await age(40, 'discarded', 31);
    await age(20, 'discarded', 20);
    await age(500, 'open', null);
    expect(await retention(instance).run()).toMatchObject({ resolvedEntries: 2, openEntries: 0 });
    expect(await idsOf('quarantine', 'reason')).toEqual(['discarded 20', 'open 500', 'replayed 41']);
  });

  it('that are open leave with the calls of their time', async () => {
    const instance = await start({ BODY_RETENTION_DAYS: '0', CALL_RETENTION_DAYS: '90' });
    await age(89, 'open', null);
    await age(91, 'open', null);
    expect(await retention(instance).run()).toMatchObject({ resolvedEntries: 0, openEntries: 1 });
    expect(await idsOf('quarantine', 'reason')).toEqual(['open 89']);
  });
});

it('Three processes never delete at once, and each row is counted once', async () => {
  const all = [await start(), await start(), await start()];
  await database.query(`INSERT INTO delivery_bodies
    SELECT gen_random_uuid(), now() - interval '40 days' - i * interval '1 ms', 'identity', 'x'
    FROM generate_series(1, 8000) AS i`);
  const runs = await Promise.all(all.map((instance) => retention(instance).run()));
  expect(runs.filter((run) => run === undefined)).toHaveLength(2);
  expect(runs.find((run) => run !== undefined)).toMatchObject({ bodies: 8000 });
});
