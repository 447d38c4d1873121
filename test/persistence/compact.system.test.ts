// `npm run compact`, as an operator runs it while the service takes pushes.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

const COMPACT = fileURLToPath(new URL('../../dist/src/persistence/commands/compact.js', import.meta.url));
/** So many calls that their indexes are larger than 1 MB. */
const CALLS = 20_000;
const A_PUSH = 1000;

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger({ ACK_DEADLINE_MS: '60000' });
  // Twenty pushes go through the same hour, so that most pages are split.
  for (let push = 0; push * A_PUSH < CALLS; push += 1) {
    const records = Array.from({ length: A_PUSH }, (_, index) =>
      record(`call-${push}-${index}`, { originateTime: time(index * 20 + push) }),
    );
    expect((await ledger.push(records)).status).toBe(200);
  }
});
afterAll(() => ledger.stop());

function time(second: number): string {
  return new Date(Date.UTC(2026, 9, 1) + second * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

const environment = () => ({ ...process.env, DATABASE_URL: ledger.database.url });
const compact = () => promisify(execFile)(process.execPath, [COMPACT], { env: environment() });
const indexes = () =>
  ledger.database.query<{ name: string; definition: string; size: number }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition,
        pg_relation_size(indexrelid)::int AS size
      FROM pg_index JOIN pg_class AS t ON t.oid = indrelid
      WHERE t.relnamespace = 'public'::regnamespace ORDER BY 1`,
  );

const reindexing = async () =>
  (
    await ledger.database.query(
      "SELECT FROM pg_stat_activity WHERE query LIKE 'REINDEX%' AND datname = current_database()",
    )
  ).length;

it('A killed run leaves an index behind, and nothing else', async () => {
  // An open snapshot holds up the exchange of the index after it is built.
  const reader = new Client({ connectionString: ledger.database.url });
  await reader.connect();
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM calls');
  const run = spawn(process.execPath, [COMPACT], { env: environment(), stdio: 'ignore' });
  await until('a new index', async () => (await indexes()).some(({ name }) => name.endsWith('_ccnew')));
  run.kill('SIGKILL');
  await once(run, 'exit');
  await expect(compact()).rejects.toThrow('An index is being made already');
  // Its session is ended first: without the snapshot it would finish.
  await ledger.database.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'REINDEX%' AND datname = current_database()",
  );
  await until('nobody to work on it', async () => (await reindexing()) === 0);
  await reader.end();
  expect((await indexes()).filter(({ name }) => name.endsWith('_ccnew'))).toHaveLength(1);
  expect((await ledger.push([record('after-the-kill')])).status).toBe(200);
});

it('The next run makes all indexes smaller, and removes what is left behind; pushes are taken meanwhile', async () => {
  const before = (await indexes()).filter(({ name }) => !name.endsWith('_ccnew'));
  const running = compact();
  const over = running.then(() => 'over' as const);
  const statuses: number[] = [];
  for (let ended: 'over' | undefined; ended === undefined;) {
    const push = ledger.push([record(`meanwhile-${statuses.length}`)]).then(({ status }) => {
      statuses.push(status);
      return undefined;
    });
    ended = await Promise.race([over, push]);
    await push;
  }
  const { stdout } = await running;
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(stdout).toMatch(/^calls_by_task: \d+\.\d MB, now \d+\.\d MB$/m);
  expect(stdout).toMatch(/^All indexes together: \d+\.\d MB, now \d+\.\d MB$/m);
  const after = await indexes();
  expect(after.map(({ name, definition }) => [name, definition])).toEqual(
    before.map(({ name, definition }) => [name, definition]),
  );
  const sizeOf = (found: typeof before) => found.find(({ name }) => name === 'calls_by_task')?.size ?? NaN;
  expect(sizeOf(after)).toBeLessThan(0.8 * sizeOf(before));
});
