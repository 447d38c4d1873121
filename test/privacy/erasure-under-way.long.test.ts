// Erasures while the ledger is busy, and while processes end.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Follower } from '../query/changes/follower.js';
import { Instance } from '../query/changes/instances.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { IS_LONG } from '../support/form.js';
import { record } from '../support/records.js';
import { ACCESS, freePort, ServiceProcess, until } from '../support/service.js';
import { askFor, erased, erasureOf, NUMBER } from './erasing.js';
import { tracesInDatabase } from './traces.js';

/** Pushed while they are erased, half of them in each round. */
const CALLS = IS_LONG ? 1200 : 600;
const ROUNDS = IS_LONG ? 8 : 5;
const BIG_CALLS = IS_LONG ? 2500 : 600;

let database: TestDatabase;
let folder: string;
const services: ServiceProcess[] = [];

beforeAll(async () => {
  database = await createDatabase();
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-erasure-'));
});
afterAll(async () => {
  for (const service of services) await service.end('SIGKILL');
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('An erasure', () => {
  it('neither fails pushes of the same calls nor brings their old contents back', async () => {
    const instance = await Instance.start(database.url, { JOURNAL_DIR: 'off', ACK_DEADLINE_MS: '20000' });
    const names = Array.from({ length: CALLS }, (_, index) => `call-${index}`);
    for (let from = 0; from < names.length; from += 300)
      await instance.push(
        names.slice(from, from + 300).map((name) => record(name, { callee: NUMBER, note: NUMBER })),
      );
    const follower = new Follower();
    await follower.catchUp(instance.url);
    const id = await askFor(instance.url, NUMBER);
    const statuses: number[] = [];
    let slowest = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const pushes = Array.from({ length: 6 }, async (_, part) => {
        const some = names.filter((_name, index) => index % 6 === part && (index + round) % 2 === 0);
        const begin = performance.now();
        const { status } = await instance.push(some.map((name) => record(name, { duration: round })));
        slowest = Math.max(slowest, performance.now() - begin);
        return status;
      });
      statuses.push(...(await Promise.all(pushes)));
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
    await erased(instance.url, id);
    process.stdout.write(`the slowest push while erasing took ${Math.round(slowest)} ms\n`);
    expect(await tracesInDatabase(database, NUMBER)).toEqual([]);
    const [kept] = await database.query(
      `SELECT count(*)::int AS calls, count(*) FILTER (WHERE duration < ${ROUNDS - 1})::int AS old FROM calls`,
    );
    expect(kept).toEqual({ calls: CALLS, old: 0 });
    await follower.catchUp(instance.url);
    expect([...follower.copy.values()].filter(({ duration }) => (duration ?? 0) < ROUNDS - 1)).toEqual([]);
    expect(follower.copy.size).toBe(CALLS);
    await instance.remove();
  });

  it('goes on where it was when its process is killed, and erases nothing twice', async () => {
    // So slowly that the process can be killed in between.
    await database.query(`
      INSERT INTO calls (call_id, occurred_at, first_received_at, last_received_at, delivery_id, revision, answered, source,
          status_msg, content_hash)
        SELECT 'big-' || i, now(), now(), now(), gen_random_uuid(), 1, false, 'vendor', 'to ${NUMBER}', '\\x00'
        FROM generate_series(1, ${BIG_CALLS}) AS i`);
    await database.query(`
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.12); RETURN NULL; END $$;
      CREATE TRIGGER dawdle AFTER INSERT ON erased_calls FOR EACH STATEMENT EXECUTE FUNCTION dawdle()`);
    const key = { authorization: `Bearer ${ACCESS.ADMIN_API_KEY}` };
    const start = async () => {
      const environment = { ...ACCESS, DATABASE_URL: database.url };
      const service = ServiceProcess.start(join(folder, 'data'), await freePort(), environment);
      services.push(service);
      return service.ready();
    };
    const first = await start();
    const id = await askFor(first.url, NUMBER, key);
    await until('some to be erased', async () => (await erasureOf(first.url, id, key)).erased.calls > 300);
    await first.end('SIGKILL');
    const [between] = await database.query<{ count: number }>(
      `SELECT count(*)::int FROM calls WHERE call_id LIKE 'big-%'`,
    );
    expect(between?.count).toBeGreaterThan(0);
    await database.query('DROP TRIGGER dawdle ON erased_calls');
    const second = await start();
    const done = await erased(second.url, id, key);
    expect(done.erased.calls).toBe(BIG_CALLS);
    const [told] = await database.query(
      `SELECT count(*)::int AS rows, count(DISTINCT call_id)::int AS calls FROM erased_calls WHERE call_id LIKE 'big-%'`,
    );
    expect(told).toEqual({ rows: BIG_CALLS, calls: BIG_CALLS });
    expect(await tracesInDatabase(database, NUMBER)).toEqual([]);
    expect(second.output).not.toContain(NUMBER);
    expect(first.output).not.toContain(NUMBER);
    expect(await second.end('SIGTERM')).toBe(0);
  });
});
