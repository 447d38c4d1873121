// How long a start on an existing database takes, and what the idle service holds.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from '../context.js';
import { type Finding, median } from '../support/finding.js';
import { SERVICE } from '../support/paths.js';
import { familyMemory, memoryOf } from '../support/process-usage.js';
import { serve } from '../support/processes.js';
import { say } from '../support/progress.js';

/** Node collects what the start left behind some seconds later. */
const IDLE_MS = 10_000;

interface Start {
  readonly startMs: number;
  /** Megabytes after {@link IDLE_MS}; undefined where they can't be told. */
  readonly memory: number | undefined;
  readonly database: number | undefined;
}

export async function benchStart(context: Context): Promise<Finding[]> {
  const embedded: Start[] = [];
  const external: Start[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-bench-start-'));
  chmodSync(folder, 0o711);
  context.ending.add(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  // Makes the database that the others find.
  await startOnce(context, { DATA_DIR: folder }, 0);
  const database = await context.server.ledger(0);
  for (let round = 1; round <= context.options.rounds; round += 1) {
    say(`start · round ${round}`);
    // The memory is the same every time.
    const idleMs = round === 1 ? IDLE_MS : 0;
    embedded.push(await startOnce(context, { DATA_DIR: folder }, idleMs));
    external.push(
      await startOnce(context, { DATABASE_URL: database, JOURNAL_DIR: `${folder}/journal` }, idleMs),
    );
  }
  const memory = embedded[0]?.memory ?? NaN;
  return [
    starts('start to ready, embedded database stopped before', embedded),
    starts('start to ready, database running', external),
    {
      part: 'start',
      what: 'idle memory of the service (RSS)',
      value: memory,
      unit: 'MB',
      target: { atMost: 150 },
      details: {
        'MB: of it an empty Node.js process': await emptyNode(),
        'PostgreSQL beside it': embedded[0]?.database ?? NaN,
      },
    },
  ];
}

function starts(what: string, rounds: readonly Start[]): Finding {
  const times = rounds.map(({ startMs }) => startMs);
  return {
    part: 'start',
    what,
    value: median(times) / 1000,
    unit: 's',
    target: { atMost: 2 },
    details: { 's: slowest': Math.max(...times) / 1000 },
  };
}

async function startOnce(
  { ending }: Context,
  environment: Readonly<Record<string, string>>,
  idleMs: number,
): Promise<Start> {
  const service = await serve(ending, SERVICE, environment, '/health/ready');
  await wait(idleMs);
  const memory = memoryOf(service.pid)?.now;
  const folder = environment['DATA_DIR'];
  const database = folder === undefined ? undefined : familyMemory(postmasterOf(folder));
  await service.stop();
  return { startMs: service.startMs, memory, database };
}

function postmasterOf(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** Megabytes of a process that has loaded nothing. */
async function emptyNode(): Promise<number> {
  const child = spawn(process.execPath, ['-e', "process.stdout.write('up'); setInterval(() => {}, 1e6)"]);
  await once(child.stdout, 'data');
  const memory = child.pid === undefined ? undefined : memoryOf(child.pid)?.now;
  child.kill('SIGKILL');
  await once(child, 'exit');
  return memory ?? NaN;
}
