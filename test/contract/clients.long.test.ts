// Clients that generators make of the API's description compile strictly, and work.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { pushed } from './helpers.js';

const run = promisify(execFile);
const PROGRAMS = fileURLToPath(new URL('clients', import.meta.url));
const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

let ledger: TestLedger;
let folder: string;

beforeAll(async () => {
  ledger = await startLedger();
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-clients-'));
  await prepareLedger();
  await prepareFolder();
  const generators = [
    node('openapi-typescript', 'bin/cli.js', 'openapi.json', '--output', 'schema.ts'),
    node(
      'swagger-typescript-api',
      'dist/cli.mjs',
      ...['generate', '--path', 'openapi.json', '--output', '.', '--name', 'client.ts'],
    ),
  ];
  await Promise.all(generators);
  // The generator forbids the compiler to look at what it made.
  const client = join(folder, 'client.ts');
  writeFileSync(client, readFileSync(client, 'utf8').replace('// @ts-nocheck', ''));
});
afterAll(async () => {
  await ledger.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function prepareLedger(): Promise<void> {
  const calls = [1, 2, 3].map((n) => record(`100001^${n}`, { originateTime: `2025-06-01 12:00:0${n}` }));
  await pushed(ledger, [...calls, record('unanswered', { smartStatusCode: 'BUSY' }), { stray: true }]);
}

async function prepareFolder(): Promise<void> {
  for (const name of readdirSync(PROGRAMS)) copyFileSync(join(PROGRAMS, name), join(folder, name));
  symlinkSync(NODE_MODULES, join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'openapi.json'), (await ledger.request('/openapi.json')).text);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
}

/** Compiles a program with the client that it uses. */
async function compile(program: string, options: object): Promise<void> {
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.iterable'],
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    outDir: 'out',
    ...options,
  };
  const project = `tsconfig.${program}.json`;
  writeFileSync(join(folder, project), JSON.stringify({ compilerOptions, files: [`${program}.ts`] }));
  await node('typescript', 'bin/tsc', '--project', project);
}

/** Runs a script of a package in the folder. @throws Error that holds what the script wrote */
async function node(name: string, script: string, ...args: string[]): Promise<string> {
  const home = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  return started(join(home, script), ...args);
}

async function started(...args: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], LEDGER_URL: ledger.url, API_KEY };
  try {
    return (await run(process.execPath, args, { cwd: folder, env })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

const FOUND = {
  exact: 4,
  callIds: ['100001^1', '100001^2', '100001^3'],
  call: { callId: '100001^1', duration: 330, warnings: 0 },
  selected: { callId: '100001^1', outId: 'out-of-100001^1', answered: true },
  tasks: [{ taskId: 'task-1', calls: 4, answerRate: 0.75 }],
  quarantined: [{ reason: expect.stringMatching(/callId/), status: 'open' }],
  replay: { dryRun: true, examined: 1, replayed: 0 },
  wrong: { status: 400, path: 'limit' },
  missing: { status: 404, detail: 'There is no call with this callId' },
};

describe('Generated clients', () => {
  it.each([
    ['with-openapi-fetch', { exactOptionalPropertyTypes: true }],
    // Its client gives undefined for optional properties of its own.
    ['with-swagger-typescript-api', {}],
  ])('compile under strict and ask the service: %s', async (program, options) => {
    await compile(program, options);
    expect(JSON.parse(await started(join('out', `${program}.js`)))).toEqual(FOUND);
  });
});
