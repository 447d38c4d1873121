// What /metrics tells is what happened.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { linkTo, type DatabaseLink } from '../contract/helpers.js';
import { OTHER_PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { freshSamples, type Samples } from '../support/metrics.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

/** A statement that hangs is given up after 15 s and more. */
const PROMPTLY_MS = 10_000;

let folder: string;
let link: DatabaseLink | undefined;
let ledger: TestLedger;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-metrics-'));
  const environment = {
    JOURNAL_DIR: join(folder, 'journal'),
    // A busy machine takes longer than the service's own 400 ms at times, and pushes would go to the journal.
    ACK_DEADLINE_MS: '10000',
    PUSH_BODY_LIMIT: '100kb',
  };
  ledger = await startLedger(environment, async (url) => {
    link = await linkTo(url);
    return link.url;
  });
});
afterAll(async () => {
  await link?.open();
  await ledger.stop();
  await link?.close();
  rmSync(folder, { recursive: true, force: true });
});

function way(): DatabaseLink {
  if (link === undefined) throw new Error('there is no way to the database');
  return link;
}

function scrape(): Promise<Samples> {
  return freshSamples(async () => {
    const { status, text } = await ledger.get('/metrics');
    expect(status).toBe(200);
    return text;
  });
}

/** What the work adds to series; those that it leaves as they were are not named. */
async function added(family: string, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await scrape();
  await work();
  const after = await scrape();
  const changes = [...after]
    .filter(([series]) => series.startsWith(family))
    .map(([series, value]) => [series.slice(family.length), value - (before.get(series) ?? 0)] as const);
  return Object.fromEntries(changes.filter(([, change]) => change !== 0));
}

const push = (target: string, init: RequestInit) => ledger.request(target, { method: 'POST', ...init });

describe('Pushes', () => {
  it('are counted by source and by what became of them', async () => {
    const pushes = await added('call_ledger_pushes_total', async () => {
      await ledger.push([record('counted')]);
      await push(`/push/${OTHER_PUSH_TOKEN}/call-reports`, { body: '[]' });
      await ledger.push('no JSON');
      await ledger.push(' '.repeat(200_000));
      await ledger.push('[]', { 'content-encoding': 'lzma' });
      await push('/push/an-unknown-token/call-reports', { body: '[]' });
    });
    expect(pushes).toEqual({
      '{source="vendor",outcome="database"}': 1,
      '{source="other",outcome="database"}': 1,
      '{source="vendor",outcome="unreadable"}': 1,
      '{source="vendor",outcome="too_large"}': 1,
      '{source="vendor",outcome="unsupported"}': 1,
      '{source="(unknown)",outcome="unauthorized"}': 1,
    });
  });

  it('that are acknowledged are measured from their beginning to the end of the answer', async () => {
    const begin = performance.now();
    const acks = await added('call_ledger_push_ack_seconds', () => ledger.push([record('measured')]));
    const seconds = (performance.now() - begin) / 1000;
    expect(acks['_count{kept_in="database"}']).toBe(1);
    expect(acks['_sum{kept_in="database"}']).toBeGreaterThan(0);
    expect(acks['_sum{kept_in="database"}']).toBeLessThan(seconds);
    expect((await scrape()).has('call_ledger_push_ack_seconds_bucket{le="0.7",kept_in="database"}')).toBe(
      true,
    );
  });

  it('tell when the last one came', async () => {
    const before = Date.now() / 1000;
    await ledger.push('[]');
    const at = (await scrape()).get('call_ledger_last_push_timestamp_seconds{source="vendor"}');
    expect(at).toBeGreaterThanOrEqual(Math.floor(before));
    expect(at).toBeLessThanOrEqual(Date.now() / 1000);
  });
});

describe('Records and the groups that they were written in', () => {
  it('are counted when they are committed', async () => {
    await ledger.push([record('first'), record('second')]);
    const body = [record('first'), record('second', { duration: 1 }), record('third'), { stray: true }];
    const work = async () => {
      await ledger.push(body);
      await ledger.push(body);
    };
    const counts = await added('call_ledger_', work);
    const expected = {
      'records_total{source="vendor",outcome="stored"}': 1,
      'records_total{source="vendor",outcome="corrected"}': 1,
      'records_total{source="vendor",outcome="duplicate"}': 1,
      'records_total{source="vendor",outcome="quarantined"}': 1,
      'deliveries_total{via="direct",redelivery="false"}': 1,
      'deliveries_total{via="direct",redelivery="true"}': 1,
      group_deliveries_sum: 2,
      group_deliveries_count: 2,
      group_records_sum: 4,
      group_commit_seconds_count: 2,
    };
    expect(counts).toMatchObject(expected);
  });
});

describe('Requests', () => {
  it('are told by the pattern of their route, and whatever has none by one word', async () => {
    const requests = await added('call_ledger_http_request_duration_seconds_count', async () => {
      await ledger.get('/v1/calls/first');
      await ledger.get('/v1/calls/no-such-call');
      for (const path of ['/nothing', '/push/a-secret-token', '/v1/nothing/13900000000'])
        await ledger.get(path);
      await fetch(`${ledger.url}/nothing`, { method: 'PROPFIND' });
    });
    expect(requests).toEqual({
      '{method="GET",route="/metrics",status="2xx"}': expect.any(Number),
      '{method="GET",route="/v1/calls/:callId",status="2xx"}': 1,
      '{method="GET",route="/v1/calls/:callId",status="4xx"}': 1,
      '{method="GET",route="none",status="4xx"}': 3,
      '{method="other",route="none",status="4xx"}': 1,
    });
  });

  it('leave no token and no number in the metrics', async () => {
    await ledger.get('/v1/calls?callee=13900000000');
    const { text } = await ledger.get('/metrics');
    expect(text).not.toMatch(/13900000000|secret|token-of|api-key-of/);
  });
});

describe('The ledger', () => {
  it('tells its feed position and what is open in the quarantine, a few seconds late at most', async () => {
    await ledger.push([record('positioned'), { stray: 2 }]);
    const [row] = await ledger.database.query<{ position: string; open: string }>(
      `SELECT (SELECT max(position) FROM deliveries WHERE stored > 0) AS position,
        (SELECT count(*) FROM quarantine WHERE status = 'open') AS open`,
    );
    expect(Number(row?.open)).toBeGreaterThan(2);
    await until('the values', async () => {
      const samples = await scrape();
      return (
        samples.get('call_ledger_feed_position') === Number(row?.position) &&
        samples.get('call_ledger_quarantine_open_entries') === Number(row?.open)
      );
    });
  });

  it('tells how its connections are used', async () => {
    const samples = await scrape();
    expect(samples.get('call_ledger_database_connections_max')).toBe(10);
    expect(samples.get('call_ledger_database_connections{state="idle"}')).toBeGreaterThan(0);
    expect(samples.get('call_ledger_database_waiting')).toBe(0);
    expect(samples.get('call_ledger_database_up')).toBe(1);
    // It begins anew at each scrape.
    await until('the lag', async () => ((await scrape()).get('nodejs_eventloop_lag_p99_seconds') ?? 0) > 0);
  });

  it('tells of questions that wait because their half of the connections is taken', async () => {
    const client = new Client({ connectionString: ledger.database.url });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE tasks');
    const questions = Array.from({ length: 8 }, () => ledger.get('/v1/tasks'));
    await until(
      'three of eight to wait',
      async () => (await scrape()).get('call_ledger_database_waiting') === 3,
    );
    await client.end();
    expect((await Promise.all(questions)).map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect((await scrape()).get('call_ledger_database_waiting')).toBe(0);
  });
});

describe('Without the database', () => {
  it('the metrics answer at once, leave out what they do not know, and show the journal filling and draining', async () => {
    const before = await scrape();
    way().hang();
    const acks = await added('call_ledger_push_ack_seconds_count', () => ledger.push([record('journaled')]));
    expect(acks).toEqual({ '{kept_in="journal"}': 1 });
    let slowestMs = 0;
    await until('the database to be told as away', async () => {
      const begin = performance.now();
      const samples = await scrape();
      slowestMs = Math.max(slowestMs, performance.now() - begin);
      const known = ['call_ledger_feed_position', 'call_ledger_quarantine_open_entries'];
      return samples.get('call_ledger_database_up') === 0 && !known.some((name) => samples.has(name));
    });
    expect(slowestMs).toBeLessThan(PROMPTLY_MS);
    const samples = await scrape();
    expect(samples.get('call_ledger_journal_entries')).toBe(1);
    expect(samples.get('call_ledger_journal_bytes')).toBeGreaterThan(500);
    expect(samples.get('call_ledger_journal_oldest_entry_age_seconds')).toBeGreaterThan(1);
    expect(samples.get('call_ledger_journal_max_bytes')).toBe(1024 ** 3);
    expect(samples.get('call_ledger_journal_usable')).toBe(1);
    expect(samples.get('call_ledger_journal_disk_free_bytes')).toBeGreaterThan(0);

    await way().close();
    await ledger.push([record('journaled, too')]);
    await ledger.push([record('and at once')]);
    expect((await scrape()).get('call_ledger_breaker_open')).toBe(1);
    await way().open();
    await until('the journal to be drained', async () => {
      const now = await scrape();
      return now.get('call_ledger_journal_entries') === 0 && now.get('call_ledger_database_up') === 1;
    });
    const drained = await scrape();
    expect(drained.get('call_ledger_journal_oldest_entry_age_seconds')).toBe(0);
    const since = (name: string) => (drained.get(name) ?? NaN) - (before.get(name) ?? NaN);
    expect(since('call_ledger_journal_appended_total')).toBe(3);
    expect(since('call_ledger_journal_drained_total')).toBe(3);
    expect(drained.get('call_ledger_breaker_open')).toBe(0);
  });
});

describe('What is scraped', () => {
  it('is in the text format of Prometheus, for anybody', async () => {
    const answer = await ledger.request('/metrics');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});
