// How long small pushes wait while somebody with a push URL aims at the service's time and memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ATTACK_BODIES, type AttackBody, packed } from '../../test/attack/bodies.js';
import { SteadyPushes } from '../answer/steady-pushes.js';
import type { Context } from '../context.js';
import { type Finding, quantile } from '../support/finding.js';
import { SERVICE } from '../support/paths.js';
import { memoryOf } from '../support/process-usage.js';
import { PUSH_TOKEN, serve, type Serving } from '../support/processes.js';

/** What the vendor waits for an answer. */
const VENDOR_WAITS_MS = 700;
const SECONDS = 8;
const PAUSE_MS = 1500;
/** What a container of 1 GiB gives to the heap. */
const HEAP_MB = 512;

/** Another build's `dist/main.js`: measured beside this one, in the same run. */
const OTHER = process.env['BENCH_OTHER_SERVICE'];

export async function benchAttack(context: Context): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const attack of ATTACK_BODIES) {
    const own = await attacked(context, SERVICE, attack);
    const other = OTHER === undefined ? undefined : await attacked(context, OTHER, attack);
    findings.push({
      part: 'attack',
      what: `longest wait of small pushes beside ${attack.name}`,
      value: own.slowest,
      unit: 'ms',
      target: { atMost: VENDOR_WAITS_MS },
      details: { ...detailsOf(own), ...(other === undefined ? {} : prefixed('other: ', detailsOf(other))) },
    });
  }
  return findings;
}

interface Attacked {
  readonly alone: number;
  readonly slowest: number;
  readonly half: number;
  readonly notGood: number;
  readonly answers: string;
  readonly memory: number;
  readonly hasDied: boolean;
}

/** A service of its own for each attack: what one does to it must not tell of another. */
async function attacked({ ending, server }: Context, program: string, attack: AttackBody): Promise<Attacked> {
  const database = await server.ledger(0);
  const folder = mkdtempSync(join(tmpdir(), 'call-ledger-bench-attack-'));
  ending.add(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const environment = {
    DATABASE_URL: database,
    DATA_DIR: folder,
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
    PUSH_TOKENS: `vendor=${PUSH_TOKEN},attacker=${ATTACKERS_TOKEN}`,
  };
  const service = await serve(ending, program, environment, '/health/ready');
  const vendor = new SteadyPushes(service.port, 'attack');
  await vendor.warmUp();
  const alone = await vendor.push('alone', SECONDS / 2);
  const over = new AbortController();
  const attacker = attackUntil(over.signal, service, attack);
  const beside = await vendor.push(`beside ${attack.name}`, SECONDS);
  over.abort();
  const answers = await attacker;
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

const ATTACKERS_TOKEN = 'push-token-of-the-attacker';

async function attackUntil(signal: AbortSignal, { port }: Serving, attack: AttackBody): Promise<string[]> {
  const bodies = Array.from({ length: Math.ceil((SECONDS * 1000) / PAUSE_MS) }, (_, index) =>
    packed(attack.make(`attack-${index}-${Date.now()}`)),
  );
  const answers: Promise<string>[] = [];
  for (const body of bodies) {
    if (signal.aborted) break;
    answers.push(push(port, body));
    await wait(PAUSE_MS);
  }
  return Promise.all(answers);
}

async function push(port: number, body: Buffer): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/push/${ATTACKERS_TOKEN}/call-reports`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body,
    });
    await answer.arrayBuffer();
    return String(answer.status);
  } catch {
    return 'broke off';
  }
}

function detailsOf({ alone, half, slowest, notGood, answers, memory, hasDied }: Attacked) {
  return {
    'ms: alone, slowest': alone,
    'ms: half': half,
    'ms: slowest': slowest,
    'not 200': notGood,
    'answers to the attacker': answers,
    'MB at most': hasDied ? 'died' : memory,
  };
}

function prefixed(prefix: string, details: Readonly<Record<string, number | string>>) {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [prefix + name, value]));
}
