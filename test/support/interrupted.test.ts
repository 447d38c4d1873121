// Whoever interrupts the tests has nothing left to clean up.
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { endServersIn, serversIn } from './left-over-servers.mjs';
import { removeFolder } from './files.mjs';
import { isServer, postmasterPid, signal } from './processes.js';
import { until } from './service.js';

/** Two, so that each has a process of its own; the one starts servers, too. */
const TESTS = ['test/embedded-postgres/start-and-stop.test.ts', 'test/service/half-open.test.ts'];
/** Sends signals on to all that the tests have started, as a terminal does. */
const AT_MOST = ['scripts/at-most.mjs', '5'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-interrupted-'));
});
afterEach(async () => {
  await endServersIn(folder);
  // Jest's workers end a moment after it, and write their caches to the last.
  await removeFolder(folder);
});

const servers = () => [...serversIn(folder)].flatMap((data) => postmasterPid(dirname(data)) ?? []);

it.each([
  ['SIGINT', 'their server has begun', 1, 130],
  ['SIGTERM', 'one of them has a server of its own', 2, 143],
] as const)(
  'Tests that are ended by %s when %s stop what runs and remove their folder',
  async (name, moment, count, code) => {
    const { PATH } = process.env;
    const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', ...TESTS];
    const tests = spawn(process.execPath, [...AT_MOST, process.execPath, ...jest], {
      env: { PATH, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [tests.stdout, tests.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = once(tests, 'exit');
    let running: number[] = [];
    try {
      await until(
        () => `${moment}: ${output}`,
        () => (running = servers()).length >= count,
      );
    } finally {
      signal(tests.pid ?? 0, name);
    }
    await ended;
    expect([tests.exitCode, output]).toEqual([code, output]);
    for (const pid of running) expect([pid, await isServer(pid)]).toEqual([pid, false]);
    expect(servers()).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith('call-ledger-tests-'))).toEqual([]);
  },
);
