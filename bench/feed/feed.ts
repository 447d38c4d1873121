// How fast a whole ledger is read by export and by the feed, beside COPY of the same columns.
import { SELECTED_CALL } from '../../src/query/calls/call-fields.js';
import { inTime } from '../../src/query/calls/call-order.js';
import type { Context } from '../context.js';
import { type Finding, median } from '../support/finding.js';
import { SERVICE } from '../support/paths.js';
import { memoryOf } from '../support/process-usage.js';
import { serve } from '../support/processes.js';
import { say } from '../support/progress.js';
import { READERS, type ReadOnce, startReaders } from './readers.js';

const CALLS = 1_000_000;
const QUICK_CALLS = 100_000;
const IN_TIME_ORDER = `SELECT ${SELECTED_CALL} FROM calls ORDER BY ${inTime('asc')}`;

export async function benchFeed({ ending, server, options }: Context): Promise<Finding[]> {
  const calls = options.quick ? QUICK_CALLS : CALLS;
  const url = await server.ledgerToRead(calls);
  const environment = { DATABASE_URL: url, JOURNAL_DIR: 'off', QUERY_RATE_LIMIT: '0' };
  const service = await serve(ending, SERVICE, environment, '/health/ready');
  const readOnce = startReaders(ending, { url, query: IN_TIME_ORDER, port: service.port });
  const before = memoryOf(service.pid)?.now ?? NaN;
  const seconds = await timesOf(readOnce, options.rounds);
  const most = memoryOf(service.pid)?.most ?? NaN;
  await service.stop();
  return [...findingsOf(seconds, calls), memoryFinding(before, most)];
}

async function timesOf(readOnce: ReadOnce, rounds: number): Promise<ReadonlyMap<string, number[]>> {
  const seconds = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of READERS) {
      say(`feed · ${name}, round ${round}`);
      const taken = await readOnce(name);
      // The first round fills the caches.
      if (round > 0) seconds.set(name, [...(seconds.get(name) ?? []), taken]);
    }
  }
  return seconds;
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
