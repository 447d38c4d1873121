// How fast a whole ledger is read by export and by the feed, beside COPY of the same columns.
import { Client } from 'pg';
import { SELECTED_CALL } from '../../src/query/calls/call-fields.js';
import { inTime } from '../../src/query/calls/call-order.js';
import type { Context } from '../context.js';
import { type Finding, median } from '../support/finding.js';
import { SERVICE } from '../support/paths.js';
import { memoryOf } from '../support/process-usage.js';
import { serve, type Serving } from '../support/processes.js';
import { say } from '../support/progress.js';
import { copyOut } from './copy-out.js';
import { download } from './download.js';

const CALLS = 1_000_000;
const QUICK_CALLS = 100_000;
const IN_TIME_ORDER = `SELECT ${SELECTED_CALL} FROM calls ORDER BY ${inTime('asc')}`;
const PAGE = 10_000;

/** Reads everything once. */
type Reader = () => Promise<unknown>;

export async function benchFeed({ ending, server, options }: Context): Promise<Finding[]> {
  const calls = options.quick ? QUICK_CALLS : CALLS;
  const url = await server.ledgerToRead(calls);
  const client = new Client({ connectionString: url });
  await client.connect();
  ending.add(() => client.end());
  const environment = { DATABASE_URL: url, JOURNAL_DIR: 'off', QUERY_RATE_LIMIT: '0' };
  const service = await serve(ending, SERVICE, environment, '/health/ready');
  const readers: Readonly<Record<string, Reader>> = {
    copy: () => copyOut(client, IN_TIME_ORDER),
    'export as CSV': () => download(service.port, '/v1/exports/calls?order=asc&for=program'),
    'export as NDJSON': () => download(service.port, '/v1/exports/calls?order=asc&format=ndjson'),
    feed: () => follow(service),
  };
  const before = memoryOf(service.pid)?.now ?? NaN;
  const seconds = await timesOf(readers, options.rounds);
  const most = memoryOf(service.pid)?.most ?? NaN;
  await service.stop();
  return [...findingsOf(seconds, calls), memoryFinding(before, most)];
}

async function timesOf(
  readers: Readonly<Record<string, Reader>>,
  rounds: number,
): Promise<ReadonlyMap<string, number[]>> {
  const seconds = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, read] of Object.entries(readers)) {
      say(`feed · ${name}, round ${round}`);
      const begin = performance.now();
      await read();
      // The first round fills the caches.
      if (round > 0) seconds.set(name, [...(seconds.get(name) ?? []), (performance.now() - begin) / 1000]);
    }
  }
  return seconds;
}

/** From the beginning of the ledger to its end, page by page. */
async function follow({ port }: Serving): Promise<void> {
  for (let after = ''; ;) {
    const { tail } = await download(port, `/v1/changes?limit=${PAGE}${after}`, 'application/x-ndjson');
    const [, cursor = ''] = /"nextCursor":"([^"]+)"/.exec(tail) ?? [];
    const next = `&after=${cursor}`;
    if (next === after || cursor === '') return;
    after = next;
  }
}

function findingsOf(seconds: ReadonlyMap<string, number[]>, calls: number): Finding[] {
  const copy = median(seconds.get('copy') ?? []);
  return [...seconds]
    .filter(([name]) => name !== 'copy')
    .map(([name, times]) => ({
      part: 'feed',
      what: `${name} of ${calls.toLocaleString('en')} calls, of COPY`,
      value: copy / median(times),
      unit: '×',
      target: { atLeast: 0.5 },
      details: { s: median(times), 's: COPY': copy, 'calls/s': calls / median(times) },
    }));
}

function memoryFinding(before: number, most: number): Finding {
  return {
    part: 'feed',
    what: 'most memory of the service above idle',
    value: most - before,
    unit: 'MB',
    target: { atMost: 64 },
    details: { 'MB: idle': before },
  };
}
