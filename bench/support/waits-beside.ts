// How long the small pushes of one source wait while another source pushes large bodies.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SteadyPushes } from '../answer/steady-pushes.js';
import type { Context } from '../context.js';
import { quantile } from './finding.js';
import { memoryOf } from './process-usage.js';
import { PUSH_TOKEN, serve, type Serving } from './processes.js';

/** What the vendor waits for an answer. */
export const VENDOR_WAITS_MS = 700;
const SECONDS = 8;
const PAUSE_MS = 1500;
/** What a container of 1 GiB gives to the heap. */
const HEAP_MB = 512;
const OTHER_TOKEN = 'push-token-of-the-other-source';

/** What the other source pushes. */
export interface LargePushes {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** @param salt makes it another body */
  readonly body: (salt: string) => Buffer;
}

export interface Waits {
  readonly alone: number;
  readonly slowest: number;
  readonly half: number;
  readonly notGood: number;
  /** The statuses of the answers to the large pushes. */
  readonly answers: string;
  readonly memory: number;
  readonly hasDied: boolean;
}

/**
 * Measures with a service of its own, so that what was pushed before has no effect.
 *
 * @param part name of the benchmark
 * @param program path of the service's `main.js`
 */
export async function waitsBeside(
  { ending, server }: Context,
  part: string,
  program: string,
  large: LargePushes,
): Promise<Waits> {
  const database = await server.ledger(0);
  const folder = mkdtempSync(join(tmpdir(), `call-ledger-bench-${part}-`));
  ending.add(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const environment = {
    DATABASE_URL: database,
    DATA_DIR: folder,
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
    PUSH_TOKENS: `vendor=${PUSH_TOKEN},other=${OTHER_TOKEN}`,
  };
  const service = await serve(ending, program, environment, '/health/ready');
  const vendor = new SteadyPushes(service.port, part);
  await vendor.warmUp();
  const alone = await vendor.push('alone', SECONDS / 2);
  const over = new AbortController();
  const other = pushUntil(over.signal, service, large);
  const beside = await vendor.push(`beside ${large.name}`, SECONDS);
  over.abort();
  const answers = await other;
  const memory = memoryOf(service.pid);
  await service.stop();
  await server.drop(database);
  return {
    alone: quantile(alone.times, 1),
    slowest: quantile(beside.times, 1),
    half: quantile(beside.times, 0.5),
    notGood: [...beside.statuses].reduce((sum, [status, count]) => (status === 200 ? sum : sum + count), 0),
    answers: [...new Set(answers)].join(', '),
    memory: memory?.most ?? NaN,
    hasDied: memory === undefined,
  };
}

async function pushUntil(signal: AbortSignal, service: Serving, large: LargePushes): Promise<string[]> {
  // They are made beforehand, because that takes time of this machine.
  const bodies = Array.from({ length: Math.ceil((SECONDS * 1000) / PAUSE_MS) }, (_, index) =>
    large.body(`${index}-${Date.now()}`),
  );
  const answers: Promise<string>[] = [];
  for (const body of bodies) {
    if (signal.aborted) break;
    answers.push(push(service.port, body, large.headers));
    await wait(PAUSE_MS);
  }
  return Promise.all(answers);
}

async function push(port: number, body: Buffer, headers: LargePushes['headers']): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/push/${OTHER_TOKEN}/call-reports`, {
      method: 'POST',
      headers,
      body,
    });
    await answer.arrayBuffer();
    return String(answer.status);
  } catch {
    return 'broke off';
  }
}

/** What stands behind the longest wait in the table. */
export function detailsOf({ alone, half, slowest, notGood, answers, memory, hasDied }: Waits) {
  return {
    'ms: alone, slowest': alone,
    'ms: half': half,
    'ms: slowest': slowest,
    'not 200': notGood,
    'answers to the other source': answers,
    'MB at most': hasDied ? 'died' : memory,
  };
}
