// What readiness says while a node of a Citus cluster is away, and that it is true.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SUCCESS } from '../contract/helpers.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { onDatabase } from '../support/nodes.mjs';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const [, ...WORKERS] = JSON.parse(process.env['TEST_DATABASE_NODES'] ?? '[]') as string[];
/** The coordinator reaches a worker through a proxy on this machine. */
const areHere = WORKERS.every((url) => ['127.0.0.1', 'localhost'].includes(new URL(url).hostname));
const isWanted = WORKERS.length > 0 && areHere;
if (!isWanted)
  console.warn('SKIPPED: what needs a Citus cluster on this machine, which TEST_DATABASE_URL may name');

/** So many that some are on each worker. */
const RECORDS = Array.from({ length: 40 }, (_, index) => record(`call-${index}`));
const NODES = WORKERS.length + 1;
const WITHOUT = 'lists, exports and changes of calls are not answered';

let folder: string;
let worker: TcpProxy | undefined;
let ledger: TestLedger | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-cluster-'));
});
afterEach(async () => {
  // The coordinator would go on waiting for a worker that hangs, so that the database could not be dropped.
  await worker?.refuse();
  await ledger?.stop();
  ledger = worker = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** A ledger on the cluster, whose coordinator reaches one worker, of this database alone, through {@link worker}. */
async function start(environment: Record<string, string>): Promise<TestLedger> {
  const port = Number(new URL(WORKERS[0] ?? '').port);
  const proxy = await TcpProxy.before(port);
  worker = proxy;
  ledger = await startLedger({ DATABASE_DISTRIBUTED: 'citus', ...environment }, async (url) => {
    const known = `SELECT nodeid AS id, nodename AS name FROM pg_dist_node WHERE nodeport = ${port}`;
    const [node] = (await onDatabase(url, known)) as { id: number; name: string }[];
    await onDatabase(url, `SELECT citus_update_node(${node?.id}, '${node?.name}', ${proxy.port})`);
    return url;
  });
  return ledger;
}

async function readiness(of: TestLedger): Promise<unknown[]> {
  const { status, body } = await of.get('/health/ready');
  const { details } = body as { details: Record<string, unknown> };
  return [status, details['database'], details['cluster']];
}

async function becomes(of: TestLedger, expected: readonly unknown[]): Promise<void> {
  let last: unknown[] = [];
  await until(
    () => `readiness, which was ${JSON.stringify(last)}`,
    async () => {
      last = await readiness(of);
      return (last[2] as { status: string }).status === (expected[2] as { status: string }).status;
    },
  );
  expect(last).toEqual(expected);
}

const UP = { status: 'up' };

(isWanted ? describe : describe.skip)('While a node of the cluster is away', () => {
  it('readiness says what is not answered, pushes are kept, and all of it is true', async () => {
    const current = await start({ JOURNAL_DIR: join(folder, 'journal'), ACK_DEADLINE_MS: '400' });
    expect(await readiness(current)).toEqual([200, UP, UP]);
    expect((await current.push([record('before')])).text).toBe(SUCCESS);
    await worker?.refuse();
    const message = `1 of ${NODES} nodes of the cluster can not be reached; pushes go to the journal; ${WITHOUT}`;
    await becomes(current, [200, UP, { status: 'degraded', message }]);
    expect((await current.push(RECORDS)).text).toBe(SUCCESS);
    for (const question of ['/v1/calls', '/v1/exports/calls?format=ndjson', '/v1/changes'])
      expect([question, (await current.get(question)).status]).toEqual([question, 503]);
    for (const question of ['/v1/tasks', '/v1/stats/calls', '/v1/deliveries', '/v1/quarantine'])
      expect([question, (await current.get(question)).status]).toEqual([question, 200]);
    await worker?.acceptAgain();
    await becomes(current, [200, UP, UP]);
    await until('the calls', async () => {
      const { status, body } = await current.get('/v1/calls?limit=100');
      return status === 200 && (body as { data: unknown[] }).data.length === RECORDS.length + 1;
    });
  });

  it('readiness says no if there is no journal either', async () => {
    const current = await start({ JOURNAL_DIR: 'off' });
    await worker?.refuse();
    const message = `1 of ${NODES} nodes of the cluster can not be reached; the journal is off; ${WITHOUT}`;
    await becomes(current, [503, UP, { status: 'down', message }]);
    expect((await current.push(RECORDS)).status).toBe(503);
  });

  it('and hangs, that is said after two seconds', async () => {
    const current = await start({ JOURNAL_DIR: join(folder, 'journal') });
    worker?.fallSilent();
    const message = `A node of the cluster has not answered for 2000 ms; pushes go to the journal; ${WITHOUT}`;
    await becomes(current, [200, UP, { status: 'degraded', message }]);
  });
});
