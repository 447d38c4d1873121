// How many bytes a call takes on disk, by tables and indexes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DataSource } from 'typeorm';
import { compactIndexes } from '../../src/persistence/commands/index-compaction.js';
import { dataSourceOptions } from '../../src/persistence/connections/data-source-options.js';
import type { Context } from '../context.js';
import { type Finding, figure } from '../support/finding.js';
import { SERVICE, SIMULATOR } from '../support/paths.js';
import { AFTER_COMMIT, API_KEY, PUSH_TOKEN, serve } from '../support/processes.js';
import { say } from '../support/progress.js';
import { withClient } from '../support/server.js';

const QUICK_SHARE = 0.1;
const MOST_BYTES = 650;

/** The sizes of campaigns: few tasks with large batches, or many tasks with small ones. */
const MIXES: Readonly<Record<string, readonly string[]>> = {
  'few large batches': ['--tasks', '5', '--batches', '4'],
  'many small batches': ['--tasks', '60', '--batches', '10'],
};

interface Load {
  readonly calls: number;
  readonly faults: readonly string[];
}

const LOADS: Readonly<Record<string, Load>> = {
  'as they are': { calls: 300_000, faults: [] },
  '3 % duplicates, 1 % corrections': {
    calls: 100_000,
    faults: ['--duplicates', '0.03', '--corrections', '0.01'],
  },
};

/** A table without its indexes, or an index. */
interface Relation {
  readonly table: string;
  readonly name: string;
  readonly bytes: string;
}

// The size of a table has everything of it: free space map, visibility map, and long values outside of its rows.
const RELATIONS = `SELECT relname AS table, relname AS name, pg_table_size(oid) AS bytes
    FROM pg_class WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace
  UNION ALL SELECT t.relname, i.relname, pg_total_relation_size(i.oid)
    FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid JOIN pg_class AS t ON t.oid = indrelid
    WHERE t.relnamespace = 'public'::regnamespace
  ORDER BY bytes DESC`;

export async function benchSize(context: Context): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [mix, campaigns] of Object.entries(MIXES)) {
    for (const [faults, load] of Object.entries(LOADS)) {
      const calls = load.calls * (context.options.quick ? QUICK_SHARE : 1);
      const what = `${calls.toLocaleString('en')} simulated calls, ${faults}, ${mix}`;
      say(`size · ${what}`);
      const campaign = ['--calls', String(calls), ...campaigns, ...load.faults];
      const { grown, compacted } = await sizesOf(context, campaign);
      findings.push(...findingsOf(what, calls, grown), compactedFinding(what, calls, compacted));
    }
  }
  return findings;
}

/** The sizes after VACUUM, and after `npm run compact`. */
interface Sizes {
  readonly grown: readonly Relation[];
  readonly compacted: readonly Relation[];
}

/** Lets the simulator push into an empty ledger, and returns the sizes afterwards. */
async function sizesOf({ ending, server }: Context, campaign: readonly string[]): Promise<Sizes> {
  const database = await server.ledger(0);
  const service = await serve(ending, SERVICE, { DATABASE_URL: database, ...AFTER_COMMIT }, '/health/ready');
  const where = ['--url', `http://127.0.0.1:${service.port}`, '--token', PUSH_TOKEN, '--api-key', API_KEY];
  const simulator = spawn(process.execPath, [SIMULATOR, ...where, '--time-out', '60000', ...campaign], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = ending.add(() => {
    simulator.kill();
  });
  const [code] = (await once(simulator, 'exit')) as [number | null];
  await stop();
  await service.stop();
  if (code !== 0) throw new Error(`the simulator ended with ${code}`);
  const sizes = async () =>
    withClient(database, async (client) => (await client.query<Relation>(RELATIONS)).rows);
  await withClient(database, (client) => client.query('VACUUM'));
  const grown = await sizes();
  const owner = await new DataSource(dataSourceOptions(database, 1, () => undefined)).initialize();
  await compactIndexes(owner, () => undefined);
  await owner.destroy();
  const compacted = await sizes();
  await server.drop(database);
  return { grown, compacted };
}

function findingsOf(what: string, calls: number, relations: readonly Relation[]): Finding[] {
  const part = 'size';
  const total = bytesOf(relations) / calls;
  const tables = [...new Set(relations.map(({ table }) => table))];
  const ofTables = tables.map((table) => ({
    table,
    own: relations.filter((relation) => relation.table === table),
  }));
  const large = ofTables.filter(({ own }) => bytesOf(own) >= calls);
  return [
    {
      part,
      what: `${what}: bytes on disk a call`,
      value: total,
      unit: 'bytes',
      target: { atMost: MOST_BYTES },
      details: Object.fromEntries(ofTables.map(({ table, own }) => [table, bytesOf(own) / calls])),
    },
    ...large.map(({ table, own }) => ({
      part,
      what: `${what}: of it ${table} with its indexes`,
      value: bytesOf(own) / calls,
      unit: 'bytes',
      details: Object.fromEntries(
        own.map(({ name, bytes }) => [name === table ? 'rows' : name, figure(Number(bytes) / calls)]),
      ),
    })),
  ];
}

function compactedFinding(what: string, calls: number, relations: readonly Relation[]): Finding {
  return {
    part: 'size',
    what: `${what}: bytes on disk a call after \`npm run compact\``,
    value: bytesOf(relations) / calls,
    unit: 'bytes',
    details: {},
  };
}

function bytesOf(relations: readonly Relation[]): number {
  return relations.reduce((sum, { bytes }) => sum + Number(bytes), 0);
}
