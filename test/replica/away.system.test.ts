// A replica that goes away in every way: each question is answered all the same, in a bounded time, and later by the
// replica again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as wait } from 'node:timers/promises';
import { Journal } from '../../src/ingestion/journal/journal.js';
import { ReadingDatabase } from '../../src/persistence/connections/reading-database.js';
import { ChangeFeed } from '../../src/query/changes/change-feed.js';
import { BEGINNING } from '../../src/query/changes/feed-place.js';
import { followedBy } from '../../src/query/changes/followed-calls.js';
import { openExport, readAll } from '../query/exports/export-client.js';
import { Instance } from '../query/changes/instances.js';
import { record } from '../support/records.js';
import { IS_LONG } from '../support/form.js';
import { until } from '../support/service.js';
import { Load, QUESTIONS, SHARED_CALLS } from './load.js';
import { callIdsOf, get, Pair, send } from './pair.js';

const LOAD_MS = Number(process.env['REPLICA_TEST_SECONDS'] ?? (IS_LONG ? 8 : 1)) * 1000;
/** A look every second, its patience with both servers, and the answer of the primary: 3 s, and what a busy machine adds. */
const SILENCE_LIMIT_MS = 15_000;

let pair: Pair;

beforeAll(async () => {
  // Some pushes come late, by the journal.
  pair = await Pair.start({ ACK_DEADLINE_MS: '30' });
});
afterAll(() => pair.stop());

describe('Under pushes and questions', () => {
  it(
    'a replica that is killed, lags and comes back fails no question, and whoever follows ends with the ledger',
    async () => {
      await pair.direct.push(Array.from({ length: SHARED_CALLS }, (_, index) => record(`call-${index}`)));
      await pair.isAsked();
      const load = new Load(pair.service);
      const end = performance.now() + LOAD_MS;
      const seen = { kills: 0, pauses: 0, lag: 0, backMs: 0 };
      try {
        while (performance.now() < end) {
          await pair.standby.kill();
          await pair.isNotAsked();
          await wait(Math.random() * 500);
          await pair.standby.start();
          const begin = performance.now();
          await pair.isAsked();
          seen.backMs = Math.max(seen.backMs, performance.now() - begin);
          seen.kills += 1;
          await pair.standby.pauseReplay();
          await until('it to lag', async () => ((await pair.metric('lag_seconds')) ?? 0) > 1);
          seen.lag = Math.max(seen.lag, (await pair.metric('lag_seconds')) ?? 0);
          await pair.standby.resumeReplay();
          seen.pauses += 1;
        }
      } finally {
        await load.end();
      }
      await until('the journal to be empty', () => pair.service.app.get(Journal, { strict: false }).isEmpty);
      const { counts, slowestMs, follower } = load;
      const journaled = await pair.query("SELECT FROM deliveries WHERE via = 'journal'");
      const fallbacks = await pair.metric('fallbacks_total');
      console.log({
        ...counts,
        failures: load.failures.length,
        slowestMs: Math.round(slowestMs),
        fallbacks,
        journaled: journaled.length,
        ...seen,
        follower: follower.counts,
      });
      expect([load.failures, counts.lost]).toEqual([[], 0]);
      expect(slowestMs).toBeLessThan(SILENCE_LIMIT_MS);
      expect(seen.kills).toBeGreaterThan(0);
      await follower.catchUp(pair.direct.url);
      expect(follower.steppedBack).toEqual([]);
      const ledger = await pair.query<{ call_id: string; duration: number; revision: number }>(
        'SELECT call_id, duration, revision FROM calls ORDER BY call_id',
      );
      const copy = [...follower.copy.values()].map(({ callId, duration, revision }) => ({
        call_id: callId,
        duration,
        revision,
      }));
      expect(copy.sort((a, b) => (a.call_id < b.call_id ? -1 : 1))).toEqual(ledger);
    },
    LOAD_MS + 120_000,
  );
});

describe('A replica', () => {
  it('that falls silent keeps no question for long, those that it was asked already neither', async () => {
    await pair.isAsked();
    pair.toStandby.fallSilent();
    const begin = performance.now();
    const answers = await Promise.all(QUESTIONS.map((question) => get(pair.service, question)));
    const ms = performance.now() - begin;
    expect(answers.map(({ status }) => status)).toEqual(QUESTIONS.map(() => 200));
    const again = performance.now();
    expect((await get(pair.service, '/v1/calls/call-1')).status).toBe(200);
    console.log(
      `asked of a silent replica: ${Math.round(ms)} ms; then ${Math.round(performance.now() - again)} ms`,
    );
    expect(ms).toBeLessThan(SILENCE_LIMIT_MS);
    expect(await pair.health()).toEqual({
      code: 200,
      status: 'degraded',
      message: 'The replica can not be reached; queries go to the primary',
    });
    expect([await pair.metric('up'), await pair.metric('lag_seconds')]).toEqual([0, undefined]);
    pair.toStandby.speakAgain();
    await pair.isAsked();
    expect(await pair.metric('up')).toBe(1);
  });

  it('that was away is asked again only once it has replayed what the primary held then', async () => {
    await pair.isAsked();
    await pair.toStandby.refuse();
    await pair.isNotAsked();
    await pair.standby.pauseReplay();
    await pair.direct.push([record('meanwhile')]);
    await pair.toStandby.acceptAgain();
    await until('it to be seen', async () => (await pair.health()).message.includes('catching up'));
    expect(await get(pair.service, '/v1/calls?outId=out-of-meanwhile').then(callIdsOf)).toEqual([
      'meanwhile',
    ]);
    await pair.standby.resumeReplay();
    await pair.isAsked();
  });

  it('that ends a query because its replay is in the way has the primary asked', async () => {
    await pair.isAsked();
    const before = (await pair.metric('fallbacks_total')) ?? 0;
    const asked = pair.service.app.get(ReadingDatabase, { strict: false }).read<{ on_standby: boolean }>({
      text: `SELECT pg_is_in_recovery() AS on_standby, CASE WHEN pg_is_in_recovery() THEN pg_sleep(20)::text END
          FROM calls LIMIT 1`,
    });
    await until('it to be under way', async () => {
      const rows = await pair.standby.query("SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
      return rows.length === 1;
    });
    await pair.query('BEGIN; LOCK TABLE calls IN ACCESS EXCLUSIVE MODE; COMMIT');
    expect(await asked).toMatchObject([{ on_standby: false }]);
    expect(await pair.metric('fallbacks_total')).toBe(before + 1);
    // Nothing was the matter with the server.
    expect((await pair.health()).status).toBe('up');
  });

  it('that breaks off a page of changes has the primary give all of them, from the beginning', async () => {
    const calls = Array.from({ length: 3000 }, (_, index) => `changed-${index}`);
    await pair.direct.push(calls.map((call) => record(call)));
    await pair.isAsked();
    const taken: string[] = [];
    const brokenOff: string[][] = [];
    const followed = followedBy({ sources: null }, {}, undefined);
    const page = await pair.service.app.get(ChangeFeed, { strict: false }).page(followed, BEGINNING, 10_000, {
      isStreamed: false,
      begin: () => {
        if (taken.length > 0) brokenOff.push(taken.splice(0));
      },
      take: ({ callId }) => {
        taken.push(callId);
        if (taken.length === 100 && brokenOff.length === 0) void pair.toStandby.refuse();
        return true;
      },
    });
    try {
      expect(brokenOff).toHaveLength(1);
      expect(brokenOff.flat().length).toBeLessThan(taken.length);
      expect(page).toMatchObject({ count: taken.length, upToDate: true });
      expect(taken).toEqual(expect.arrayContaining(calls));
      expect(new Set(taken).size).toBe(taken.length);
    } finally {
      await pair.toStandby.acceptAgain();
    }
  });

  it('that is killed breaks off the export that it has begun, and the next one is the primary’s', async () => {
    await pair.isAsked();
    await pair.query(`INSERT INTO calls (call_id, occurred_at, source, status_msg, answered, revision,
        first_received_at, last_received_at, delivery_id, content_hash)
      SELECT 'many-' || i, now(), 'vendor', repeat(md5(i::text), 16), true, 1, now(), now(), gen_random_uuid(), ''
      FROM generate_series(1, 60000) AS i`);
    await until('the calls on the standby', async () => {
      const rows = await pair.standby.query("SELECT FROM calls WHERE call_id = 'many-60000'");
      return rows.length === 1;
    });
    // So many rows may have taken it away from the queries for a while.
    await pair.isAsked();
    const begun = await openExport(`${pair.service.url}/v1/exports/calls`);
    await pair.standby.kill();
    await expect(readAll(begun)).rejects.toThrow('aborted');
    expect(begun.complete).toBe(false);
    const next = await readAll(await openExport(`${pair.service.url}/v1/exports/calls?format=ndjson`));
    expect(next.toString().split('\n').length).toBeGreaterThan(60_000);
    await pair.standby.start();
    await pair.isAsked();
  });

  it('answers what shows no number while the primary is away, to the key that is known without it', async () => {
    await pair.isAsked();
    const made = await send(pair.service, 'POST', '/v1/api-keys', { name: 'any', scopes: ['stats:read'] });
    const { key } = made.body as { key: string };
    expect((await get(pair.service, '/v1/stats/calls', key)).status).toBe(200);
    await pair.toPrimary.refuse();
    try {
      await until(
        'the keys to be forgotten',
        async () => (await get(pair.service, '/v1/stats/calls', key)).status === 503,
      );
      const statuses = async (path: string) => [path, (await get(pair.service, path)).status];
      for (const path of ['/v1/stats/calls', '/v1/tasks', '/v1/status-codes', '/v1/schema-drift'])
        expect(await statuses(path)).toEqual([path, 200]);
      // That somebody has seen numbers can't be noted.
      for (const path of [
        '/v1/calls',
        '/v1/calls/call-1',
        '/v1/changes',
        '/v1/exports/calls',
        '/v1/calls/none',
      ])
        expect(await statuses(path)).toEqual([path, 503]);
    } finally {
      await pair.toPrimary.acceptAgain();
    }
    await until(
      'the key to be known again',
      async () => (await get(pair.service, '/v1/stats/calls', key)).status === 200,
    );
  });
});

describe('DATABASE_REPLICA_URL', () => {
  /** @param wanted what is said of it at last: on a busy machine the first look may be in vain */
  const healthOf = async (replicaUrl: string, wanted: RegExp) => {
    const instance = await Instance.start(pair.toPrimary.through(pair.standby.url), {
      DATABASE_REPLICA_URL: replicaUrl,
    });
    try {
      let replica = { status: '', message: '' };
      await until(
        () => `${String(wanted)}; it says: ${replica.message}`,
        async () => {
          const { body } = await get(instance, '/health/ready');
          ({ replica } = (body as { details: { replica: typeof replica } }).details);
          return wanted.test(replica.message);
        },
      );
      expect((await get(instance, '/v1/calls/call-1')).status).toBe(200);
      return replica.status;
    } finally {
      await instance.remove();
    }
  };

  it('that is another database is not asked', async () => {
    const elsewhere = process.env['TEST_DATABASE_URL'] ?? '';
    const message =
      /^DATABASE_REPLICA_URL is not a replica of the database of DATABASE_URL; queries go to the primary$/;
    expect(await healthOf(elsewhere, message)).toBe('degraded');
  });

  it('that leads to the primary itself, as when there is no replica any more, is asked', async () => {
    const itself = `${pair.toPrimary.through(pair.standby.url)}?application_name=call-ledger`;
    expect(await healthOf(itself, /^It is 0\.0 s behind the primary$/)).toBe('up');
  });

  it('is looked at with the rights of any role', async () => {
    await pair.query("CREATE ROLE poor LOGIN PASSWORD 'of-the-tests'");
    await pair.query('GRANT pg_read_all_data, pg_write_all_data TO poor');
    const poor = new URL(pair.toStandby.through(pair.standby.url));
    Object.assign(poor, { username: 'poor', password: 'of-the-tests' });
    await until('the role on the standby', async () => {
      return (await pair.standby.query("SELECT FROM pg_roles WHERE rolname = 'poor'")).length === 1;
    });
    expect(await healthOf(poor.href, /^It is \d+\.\d s behind the primary$/)).toBe('up');
  });
});
