// Spoilt, damaged, malicious and enormous bodies are pushed to the service, which runs as a process of its own with its
// journal. Whatever comes: it answers, and every body is stored, quarantined, or refused with a reason.
//
// `npm test` runs a short form; `npm run test:fuzz` the long one. FUZZ_SEED repeats a run, and FUZZ_ONLY=<index>,…
// besides it single bodies.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { IS_LONG } from '../support/form.js';
import { peakMemoryMb } from '../support/processes.js';
import { rollupDifferences } from '../support/rollups.js';
import { freePort, ServiceProcess } from '../support/service.js';
import { Accounting } from './accounting.js';
import { bodyOf, isGiant } from './bodies.js';
import { Pusher } from './pusher.js';
import { Tally } from './tally.js';

const BODIES = Number(process.env['FUZZ_BODIES'] ?? (IS_LONG ? 1500 : 500));
/** Thirty a second, on a busy machine. */
const LONGEST_TEST_MS = 120_000 + BODIES * 100;
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 1e9));
const ONLY = process.env['FUZZ_ONLY'];
/** Compared with the database at once. */
const CHUNK = 500;
const SMALL_AT_ONCE = 14;
const GIANTS_AT_ONCE = 2;
const ASK_HEALTH_EVERY = 50;
const MOST_PROBLEMS = 20;
/**
 * The service gets this much heap: should reading need more, it dies. Besides it stand the bytes of bodies, at most
 * 256 MB at once, as they came, unpacked, and on their way to the database and the journal.
 */
const HEAP_MB = 1024;
const MOST_MEMORY_MB = HEAP_MB + 3 * 256;
const PUSH_TOKEN = 'push-token-of-the-fuzz';

let folder: string;
let database: TestDatabase;
let service: ServiceProcess;
let pusher: Pusher;
let accounting: Accounting;
const tally = new Tally();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-fuzz-'));
  database = await createDatabase();
  const environment = {
    DATABASE_URL: database.url,
    PUSH_TOKENS: `vendor=${PUSH_TOKEN}`,
    ADMIN_API_KEY: 'api-key-of-the-fuzz-of-32-characters',
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
  };
  service = await ServiceProcess.start(folder, await freePort(), environment).ready();
  pusher = new Pusher(service.url, PUSH_TOKEN);
  accounting = new Accounting(database);
});
afterAll(async () => {
  pusher.close();
  await service.end('SIGKILL');
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

it(
  'Whatever is pushed: the service answers, and each body is stored, quarantined, or refused with a reason',
  async () => {
    const indexes = ONLY?.split(',').map(Number) ?? Array.from({ length: BODIES }, (_, index) => index);
    for (
      let start = 0;
      start < indexes.length && accounting.problems.length < MOST_PROBLEMS;
      start += CHUNK
    ) {
      await pushAll(indexes.slice(start, start + CHUNK));
      await accounting.settle();
    }
    tally.peakMemoryMb = peakMemoryMb(service.child);
    console.log(`FUZZ_SEED=${SEED}\n${tally.report()}`);
    if (accounting.problems.length > 0) console.log(`The service printed last:\n${lastLines()}`);
    expect(accounting.problems.slice(0, MOST_PROBLEMS).map(told)).toEqual([]);
    expect(tally.peakMemoryMb).toBeLessThan(MOST_MEMORY_MB);
    expect(await rollupDifferences(database)).toEqual([]);
    expect(service.output).not.toContain('damaged');
    expect(service.output).not.toContain(PUSH_TOKEN);
    expect(service.output).not.toContain('13900000000');
    expect(await service.end('SIGTERM')).toBe(0);
  },
  LONGEST_TEST_MS,
);

async function pushAll(indexes: readonly number[]): Promise<void> {
  const giants = indexes.filter(isGiant).values();
  const small = indexes.filter((index) => !isGiant(index)).values();
  await Promise.all([
    ...Array.from({ length: GIANTS_AT_ONCE }, () => pushEach(giants)),
    ...Array.from({ length: SMALL_AT_ONCE }, () => pushEach(small)),
  ]);
}

/** Takes indexes from what several take from. */
async function pushEach(indexes: Iterable<number>): Promise<void> {
  for (const index of indexes) {
    const body = bodyOf(SEED, index);
    try {
      const answer = await pusher.push(body);
      tally.add(body, answer);
      accounting.note(body, answer);
      if (index % ASK_HEALTH_EVERY === 1) tally.addHealth(await pusher.askHealth());
    } catch (error) {
      accounting.problems.push({ index, problem: String(error) });
    }
    if (accounting.problems.length >= MOST_PROBLEMS) return;
  }
}

function told({ index, problem }: { index: number; problem: string }): string {
  const again = `FUZZ_SEED=${SEED} FUZZ_ONLY=${index} npm test -- test/fuzz`;
  return `body ${index} (${bodyOf(SEED, index).kind}): ${problem} – again with ${again}`;
}

/** Without those of the thousands of refused pushes. */
function lastLines(): string {
  const lines = service.output.split('\n').filter((line) => !line.includes('"outcome":"refused"'));
  return lines.slice(-30).join('\n');
}
