// Whoever interrupts the tests has nothing left to clean up.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { endServersIn, serversIn } from './left-over-servers.mjs';
import { removeFolder, unlessGone } from './files.mjs';
import { isAlive, isServer, postmasterPid, signal } from './processes.js';
import { until } from './service.js';
import { childrenOf, descendantsOf } from './signals.mjs';

/** Two, so that each has a process of its own; one starts servers, the other one the service. */
const TESTS = ['test/embedded-postgres/start-and-stop.test.ts', 'test/service/shutdown.system.test.ts'];
/** Sends signals on to all that the tests have started, as a terminal does. */
const AT_MOST = ['scripts/at-most.mjs', '5'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-interrupted-'));
});
afterEach(async () => {
  await endServersIn(folder);
  // Vitest's workers end a moment after it, and write their caches to the last.
  await removeFolder(folder);
});

const servers = () => [...serversIn(folder)].flatMap((data) => postmasterPid(dirname(data)) ?? []);
const isService = (pid: number) =>
  (unlessGone(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '').endsWith('dist/main.js\0');

it.each([
  ['SIGINT', 'their server has begun', () => servers().length > 0, 'all of them', 130],
  ['SIGTERM', 'one has a server of its own', () => servers().length > 1, 'all of them', 143],
  [
    'SIGINT',
    'one runs the service',
    (runner: number) => descendantsOf(runner).some(isService),
    'Vitest alone',
    130,
  ],
] as const)(
  'Tests that are ended by %s when %s stop what runs and remove their folder',
  async (name, moment, hasCome, receiver, code) => {
    const { PATH } = process.env;
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...TESTS];
    const tests = spawn(process.execPath, [...AT_MOST, process.execPath, ...vitest], {
      env: { PATH, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const pid = tests.pid ?? 0;
    let output = '';
    for (const stream of [tests.stdout, tests.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = once(tests, 'exit');
    let running: number[];
    let started: number[];
    try {
      await until(
        () => `${moment}: ${output}`,
        () => hasCome(pid),
      );
    } finally {
      running = servers();
      started = descendantsOf(pid);
      signal(receiver === 'Vitest alone' ? (childrenOf(pid)[0] ?? 0) : pid, name);
    }
    await ended;
    expect([tests.exitCode, output]).toEqual([code, output]);
    await until('all that the tests have started to end', () => !started.some(isAlive));
    for (const pid of running) expect([pid, await isServer(pid)]).toEqual([pid, false]);
    expect(servers()).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('call-ledger-tests-'))).toEqual([]);
  },
);
