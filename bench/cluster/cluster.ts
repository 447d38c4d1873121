// How fast records are taken on a Citus cluster, beside one server: the coordinator alone, with a plain database of its own.
import type { Context } from '../context.js';
import { type Contender, pushing } from '../ingest/contenders.js';
import { type Slot, Turns } from '../ingest/slot.js';
import { type Finding, median } from '../support/finding.js';
import { SERVICE } from '../support/paths.js';
import { familyProcessorTime, parentOf } from '../support/process-usage.js';
import { AFTER_COMMIT, serve } from '../support/processes.js';
import { say } from '../support/progress.js';
import { RecordSource } from '../support/records.js';
import { withClient } from '../support/server.js';

const SIZES = [20, 100, 1000];
const WARM_UP_SECONDS = 1;
const PLAIN = `call_ledger_bench_plain_${process.pid}`;

interface Nodes {
  readonly coordinator: number;
  readonly workers: readonly number[];
}
interface Turn extends Slot {
  /** Microseconds of processor time of all workers for each record. */
  readonly workers: number;
}
interface Side {
  readonly contender: Contender<string>;
  readonly turns: Turns;
}

/**
 * Needs BENCH_CLUSTER_URL: a database without a ledger on the coordinator of a cluster whose nodes are all on this machine, with an
 * administrator's role. Without it, nothing is measured.
 */
export async function benchCluster({ ending, options }: Context): Promise<Finding[]> {
  const url = process.env['BENCH_CLUSTER_URL'];
  if (url === undefined) {
    say('cluster: left out, because there is no BENCH_CLUSTER_URL');
    return [];
  }
  const nodes = await nodesOf(url);
  const plainUrl = Object.assign(new URL(url), { pathname: `/${PLAIN}` }).href;
  await withClient(url, (client) => client.query(`CREATE DATABASE ${PLAIN} TEMPLATE template0`));
  ending.add(() =>
    withClient(url, async (client) => {
      await client.query(`DROP DATABASE ${PLAIN} WITH (FORCE)`);
    }),
  );
  const start = async (
    name: 'one server' | 'cluster',
    environment: Record<string, string>,
  ): Promise<Side> => {
    const service = await serve(ending, SERVICE, { ...environment, ...AFTER_COMMIT }, '/health/ready');
    const prepare = pushing(service.port, new RecordSource(name));
    const contender: Contender<string> = { name, pid: service.pid, prepare, stop: service.stop };
    return { contender, turns: new Turns(options.seconds, nodes.coordinator) };
  };
  const plain = await start('one server', { DATABASE_URL: plainUrl });
  const cluster = await start('cluster', { DATABASE_URL: url, DATABASE_DISTRIBUTED: 'citus' });
  const findings: Finding[] = [];
  for (const size of options.sizes ?? SIZES) {
    const [ofPlain, ofCluster]: [Turn[], Turn[]] = [[], []];
    for (const { contender, turns } of [plain, cluster]) await turns.take(contender, size, WARM_UP_SECONDS);
    for (let round = 1; round <= options.rounds; round += 1) {
      ofPlain.push(await oneTurn(plain, size, nodes));
      ofCluster.push(await oneTurn(cluster, size, nodes));
    }
    findings.push(findingOf(size, ofPlain, ofCluster));
  }
  return findings;
}

async function oneTurn({ contender, turns }: Side, size: number, nodes: Nodes): Promise<Turn> {
  const before = timeOf(nodes.workers);
  const slot = await turns.take(contender, size);
  say(`cluster · ${size} a push: ${contender.name} ${Math.round(slot.rate)} records/s`);
  return { ...slot, workers: (timeOf(nodes.workers) - before) / slot.records };
}

function timeOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (familyProcessorTime(pid) ?? NaN), 0);
}

/** The process ids of the servers, by their backends: so they must be on this machine. */
async function nodesOf(url: string): Promise<Nodes> {
  const pids = await withClient(url, async (client) => {
    const { rows } = await client.query<{ isWorker: boolean; pid: string }>(
      `SELECT groupid <> 0 AS "isWorker", result AS pid
       FROM run_command_on_all_nodes('SELECT pg_backend_pid()') JOIN pg_dist_node USING (nodeid)`,
    );
    // While the backends are there: they end with this connection.
    return rows.map(({ isWorker, pid }) => ({ isWorker, pid: parentOf(Number(pid)) ?? NaN }));
  });
  return {
    coordinator: pids.find(({ isWorker }) => !isWorker)?.pid ?? NaN,
    workers: pids.filter(({ isWorker }) => isWorker).map(({ pid }) => pid),
  };
}

function findingOf(size: number, plain: readonly Turn[], cluster: readonly Turn[]): Finding {
  const of = (turns: readonly Turn[], value: (turn: Turn) => number) => median(turns.map(value));
  const rate = ({ rate: each }: Turn) => each;
  const node = ({ cost }: Turn) => cost.node ?? NaN;
  const database = ({ cost }: Turn) => cost.database ?? NaN;
  return {
    part: 'cluster',
    what: `${size} a push: records/s on the cluster, of those on one server`,
    value: of(cluster, rate) / of(plain, rate),
    unit: '×',
    details: {
      'one server/s': of(plain, rate),
      'cluster/s': of(cluster, rate),
      'one server µs: node': of(plain, node),
      database: of(plain, database),
      'cluster µs: node': of(cluster, node),
      coordinator: of(cluster, database),
      workers: of(cluster, ({ workers }) => workers),
    },
  };
}
