// How much longer pushes wait for their answers while retention deletes calls beside them.
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadResult } from '../answer/open-loop.js';
import { SteadyPushes } from '../answer/steady-pushes.js';
import type { Context } from '../context.js';
import { type Finding, quantile } from '../support/finding.js';
import { SERVICE } from '../support/paths.js';
import { AFTER_COMMIT, serve } from '../support/processes.js';
import { withClient } from '../support/server.js';

const CALLS = 500_000;
const QUICK_CALLS = 100_000;
const MOST_SECONDS = 30;
/** When the service's first run begins (`retention.ts`), and a little more. */
const FIRST_RUN_AFTER_MS = 62_000;
/** The ledger's calls are of 2024. */
const RETENTION = { CALL_RETENTION_DAYS: '30' };

export async function benchRetention({ ending, server, options }: Context): Promise<Finding[]> {
  const database = await server.ledger(options.quick ? QUICK_CALLS : CALLS);
  const startedAt = performance.now();
  const environment = { DATABASE_URL: database, ...AFTER_COMMIT, ...RETENTION };
  const service = await serve(ending, SERVICE, environment, '/health/ready');
  const vendor = new SteadyPushes(service.port, 'retention');
  const seconds = Math.min(options.loadSeconds, MOST_SECONDS);
  await vendor.warmUp();
  const without = await vendor.push('without retention', seconds);
  await wait(Math.max(0, startedAt + FIRST_RUN_AFTER_MS - performance.now()));
  const before = await oldCalls(database);
  const beside = await vendor.push('beside retention', seconds);
  const deleted = before - (await oldCalls(database));
  await service.stop();
  await server.drop(database);
  if (deleted === 0) throw new Error('retention deleted nothing meanwhile');
  return [0.5, 0.99].map((share) => findingOf(share, without, beside, deleted / seconds));
}

function findingOf(share: number, without: LoadResult, beside: LoadResult, deletedASecond: number): Finding {
  const [alone, together] = [quantile(without.times, share), quantile(beside.times, share)];
  return {
    part: 'retention',
    what: `pushes beside it, ${share * 100} of 100 within, of the same without`,
    value: together / alone,
    unit: '×',
    details: {
      'ms: without': alone,
      'ms: beside': together,
      'not 200': beside.times.length - (beside.statuses.get(200) ?? 0),
      'calls deleted/s': deletedASecond,
    },
  };
}

async function oldCalls(database: string): Promise<number> {
  const { rows } = await withClient(database, (client) =>
    client.query<{ count: number }>("SELECT count(*)::int FROM calls WHERE last_received_at < '2025-01-01'"),
  );
  return rows[0]?.count ?? 0;
}
