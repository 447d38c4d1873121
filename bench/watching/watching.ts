// How much longer pushes wait for their answers while people watch the console's overview.
import type { LoadResult } from '../answer/open-loop.js';
import { SteadyPushes } from '../answer/steady-pushes.js';
import type { Context } from '../context.js';
import { type Finding, quantile } from '../support/finding.js';
import { SERVICE } from '../support/paths.js';
import { AFTER_COMMIT, serve } from '../support/processes.js';
import { openPages } from './open-pages.js';

const CALLS = 500_000;
const QUICK_CALLS = 100_000;
const PAGES = 20;
const MOST_SECONDS = 20;

interface Measured {
  readonly pushes: readonly LoadResult[];
  readonly refreshes: readonly number[];
  readonly seconds: number;
}

export async function benchWatching(context: Context): Promise<Finding[]> {
  const { ending, server, options } = context;
  const database = await server.ledger(options.quick ? QUICK_CALLS : CALLS);
  // Each person has a key of their own, and no page asks more than a key may.
  const environment = { DATABASE_URL: database, ...AFTER_COMMIT, QUERY_RATE_LIMIT: '0' };
  const service = await serve(ending, SERVICE, environment, '/health/ready');
  const vendor = new SteadyPushes(service.port, 'watching');
  const seconds = Math.min(options.loadSeconds, MOST_SECONDS);
  await vendor.warmUp();
  const [alone, together]: [LoadResult[], LoadResult[]] = [[], []];
  const refreshes: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    alone.push(await vendor.push('without pages', seconds));
    const pages = openPages(service.port, PAGES);
    together.push(await vendor.push(`beside ${PAGES} pages`, seconds));
    refreshes.push(...(await pages.close()));
  }
  await service.stop();
  await server.drop(database);
  const measured = { refreshes, seconds: seconds * options.rounds };
  return [0.5, 0.99].map((share) => findingOf(share, alone, { ...measured, pushes: together }));
}

function findingOf(
  share: number,
  without: readonly LoadResult[],
  { pushes, refreshes, seconds }: Measured,
): Finding {
  const [alone, together] = [quantileOf(without, share), quantileOf(pushes, share)];
  return {
    part: 'watching',
    what: `pushes beside ${PAGES} overviews, ${share * 100} of 100 within, of the same without`,
    value: together / alone,
    unit: '×',
    details: {
      'ms: without': alone,
      'ms: beside': together,
      slowest: quantileOf(pushes, 1),
      'not 200': pushes.flatMap(({ statuses }) => [...statuses]).reduce(notGood, 0),
      'refreshes a page and minute': (refreshes.length * 60) / seconds / PAGES,
      'ms: half of the refreshes': quantile(refreshes, 0.5),
    },
  };
}

function quantileOf(rounds: readonly LoadResult[], share: number): number {
  return quantile(
    rounds.flatMap(({ times }) => times),
    share,
  );
}

function notGood(sum: number, [status, count]: readonly [number, number]): number {
  return status === 200 ? sum : sum + count;
}
