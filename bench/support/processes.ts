// The service and the baseline as processes of their own, as they run in production.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Ending } from './ending.js';

export const PUSH_TOKEN = 'push-token-of-the-benchmarks';
export const API_KEY = 'api-key-of-the-benchmarks-of-32-characters';
/** A call is answered after its commit, or never: no journal, and no deadline that anything reaches. */
export const AFTER_COMMIT = { JOURNAL_DIR: 'off', ACK_DEADLINE_MS: '60000' } as const;

const POLL_MS = 5;
const PATIENCE_MS = 60_000;

/** One process that listens on a port of this machine. */
export interface Serving {
  readonly pid: number;
  readonly port: number;
  /** Milliseconds from the start of the process to its first good answer. */
  readonly startMs: number;
  readonly stop: () => Promise<void> | void;
}

/**
 * @param environment the settings that matter; the token, the key and the port are added
 * @param healthPath answers the status `ok` when the process is ready
 */
export async function serve(
  ending: Ending,
  program: string,
  environment: Readonly<Record<string, string>>,
  healthPath: string,
): Promise<Serving> {
  const port = await freePort();
  const startedAt = performance.now();
  const profiling = process.env['BENCH_NODE_ARGUMENTS']?.split(' ') ?? [];
  const child = spawn(process.execPath, [...profiling, program], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      PORT: String(port),
      PUSH_TOKENS: `vendor=${PUSH_TOKEN}`,
      ADMIN_API_KEY: API_KEY,
      LOG_LEVEL: 'error',
      ...environment,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = ending.add(() => end(child));
  await ready(child, `http://127.0.0.1:${port}${healthPath}`);
  return { pid: child.pid ?? 0, port, startMs: performance.now() - startedAt, stop };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isGood(url))) {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}`);
    if (performance.now() > deadline) throw new Error(`${url} was not ready within ${PATIENCE_MS} ms`);
    await wait(POLL_MS);
  }
}

async function isGood(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url);
    // `degraded` is good for the vendor, but only because the journal is there.
    return ((await answer.json()) as { status?: unknown }).status === 'ok';
  } catch {
    // Nobody listens yet.
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}
