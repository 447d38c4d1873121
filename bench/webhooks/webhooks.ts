// How much longer pushes wait for their answers while their calls are sent to webhooks.
import type { LoadResult } from '../answer/open-loop.js';
import { SteadyPushes } from '../answer/steady-pushes.js';
import type { Context } from '../context.js';
import { type Finding, quantile } from '../support/finding.js';
import { SERVICE } from '../support/paths.js';
import { AFTER_COMMIT, API_KEY, serve } from '../support/processes.js';
import { startReceivers } from './receivers.js';

const CALLS = 100_000;
const WEBHOOKS = 100;
/** So many have filters that nothing fits, beside the busy ones. */
const IDLE = 900;
const MOST_SECONDS = 20;

export async function benchWebhooks({ ending, server, options }: Context): Promise<Finding[]> {
  const database = await server.ledger(CALLS);
  const environment = {
    ...{ DATABASE_URL: database, ...AFTER_COMMIT, QUERY_RATE_LIMIT: '0' },
    WEBHOOK_ALLOW_HOSTS: '127.0.0.1',
  };
  const service = await serve(ending, SERVICE, environment, '/health/ready');
  const receivers = await startReceivers();
  const vendor = new SteadyPushes(service.port, 'webhooks');
  const seconds = Math.min(options.loadSeconds, MOST_SECONDS);
  await vendor.warmUp();
  const busy = await makeWebhooks(service.port, receivers.url, WEBHOOKS, {});
  const idle = await makeWebhooks(service.port, receivers.url, IDLE, { taskId: ['of no call'] });
  const results: Record<'alone' | 'busy' | 'all', LoadResult[]> = { alone: [], busy: [], all: [] };
  for (let round = 0; round < options.rounds; round += 1) {
    results.alone.push(await vendor.push('without webhooks', seconds));
    await setStates(service.port, busy, 'active');
    results.busy.push(await vendor.push(`beside ${WEBHOOKS} webhooks`, seconds));
    await setStates(service.port, idle, 'active');
    results.all.push(await vendor.push(`beside ${WEBHOOKS + IDLE} webhooks`, seconds));
    await setStates(service.port, [...busy, ...idle], 'paused');
  }
  const requests = await receivers.close();
  await service.stop();
  await server.drop(database);
  return (
    [
      ['busy', WEBHOOKS],
      ['all', WEBHOOKS + IDLE],
    ] as const
  ).flatMap(([kind, count]) =>
    [0.5, 0.99].map((share) => findingOf(share, count, results.alone, results[kind], requests)),
  );
}

async function makeWebhooks(port: number, url: string, count: number, filter: object): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const answer = await ask(port, 'POST', '', { name: 'bench', url, filter });
    const { id } = (await answer.json()) as { id: string };
    ids.push(id);
  }
  await setStates(port, ids, 'paused');
  return ids;
}

/** Those that go on begin with the newest changes. */
async function setStates(port: number, ids: readonly string[], state: 'active' | 'paused'): Promise<void> {
  for (const id of ids) {
    if (state === 'active') await ask(port, 'POST', `/${id}/rewind`, { time: '2099-01-01' });
    await ask(port, 'PATCH', `/${id}`, { state });
  }
}

async function ask(port: number, method: string, path: string, body: object): Promise<Response> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/webhooks${path}`, {
    method,
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify(body),
  });
  if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}`);
  return answer;
}

function findingOf(
  share: number,
  count: number,
  without: readonly LoadResult[],
  beside: readonly LoadResult[],
  requests: number,
): Finding {
  const [alone, together] = [quantileOf(without, share), quantileOf(beside, share)];
  return {
    part: 'webhooks',
    what: `pushes beside ${count} webhooks, ${share * 100} of 100 within, of the same without`,
    value: together / alone,
    unit: '×',
    details: {
      'ms: without': alone,
      'ms: beside': together,
      'requests to webhooks, of all rounds': requests,
    },
  };
}

function quantileOf(rounds: readonly LoadResult[], share: number): number {
  return quantile(
    rounds.flatMap(({ times }) => times),
    share,
  );
}
