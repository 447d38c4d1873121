// The client package, as it is packed and installed: what is in it, its types, and programs that use it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pushed } from '../contract/helpers.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { installClient, type InstalledClient } from './installed.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const resolve = createRequire(import.meta.url).resolve;
const run = promisify(execFile);

let ledger: TestLedger;
let client: InstalledClient;

beforeAll(async () => {
  ledger = await startLedger();
  client = await installClient();
});
afterAll(async () => {
  await ledger.stop();
  rmSync(client.folder, { recursive: true, force: true });
});

it('It has what was built, and needs no other package', () => {
  const others = client.files.filter((file) => !/^dist\/(generated\/)?[\w-]+\.(js|d\.ts)$/.test(file));
  expect(others.sort()).toEqual(['README.md', 'package.json']);
  const {
    dependencies,
    engines,
    private: isPrivate,
  } = JSON.parse(
    readFileSync(join(client.folder, 'node_modules/call-ledger-client/package.json'), 'utf8'),
  ) as Record<string, unknown>;
  expect({ dependencies, engines, isPrivate }).toEqual({
    ...{ dependencies: undefined, isPrivate: false },
    engines: (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { engines: object }).engines,
  });
});

it('Its types are those of the description', async () => {
  const description = join(client.folder, 'openapi.json');
  writeFileSync(description, (await ledger.request('/openapi.json')).text);
  const generator = join(resolve('openapi-typescript/package.json'), '../bin/cli.js');
  const { stdout } = await run(process.execPath, [generator, description, '--alphabetize'], {
    cwd: client.folder,
    maxBuffer: 1e8,
  });
  // The tarball was built from it.
  const generated = readFileSync(join(ROOT, 'client/src/generated/api.ts'), 'utf8');
  const [from = '', ...lines] = generated.split('\n');
  expect(from).toMatch(/^\/\/ From the sources /);
  const types = (text: string) => text.slice(text.indexOf('export interface paths')).trim();
  expect(types(lines.join('\n')) === types(stdout)).toBe(true);
});

const PROGRAM = `
import { type Batch, type Call, fileCursor, follow, LedgerError, type paths, verifyWebhook } from 'call-ledger-client';

type Exactly<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
// Were a type unknown or any, these lines would not compile.
const exact: [
  Exactly<Call['duration'], number | null>,
  Exactly<NonNullable<NonNullable<paths['/v1/calls']['get']['parameters']['query']>['limit']>, number>,
  Exactly<ReturnType<typeof verifyWebhook>['cursor'], string | undefined>,
] = [true, true, true];

async function first(): Promise<Batch> {
  const { LEDGER_URL: url = '', API_KEY: key = '' } = process.env;
  for await (const batch of follow({ url, key, follower: 'typed', store: fileCursor('cursor') })) return batch;
  throw new Error('nothing came');
}

const { changes } = await first();
const ids = changes.map((change) => (change.type === 'call' ? change.call.callId : change.callId));
process.stdout.write(JSON.stringify({ exact: exact.length, ids, isClass: new LedgerError('', { status: 0, isTransient: true }) instanceof Error }));
`;

it('A program in TypeScript compiles strictly with it, and runs', async () => {
  const { folder } = client;
  await pushed(ledger, [record('a'), record('b')]);
  writeFileSync(join(folder, 'program.ts'), PROGRAM);
  mkdirSync(join(folder, 'node_modules/@types'));
  // In place of an install of its own.
  for (const name of ['@types/node', 'undici-types'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
  const compilerOptions = {
    ...{ module: 'nodenext', target: 'es2022', lib: ['es2023'], types: ['node'], outDir: 'out' },
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
    skipLibCheck: false,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  const { stdout: faults } = spawnSync(process.execPath, [resolve('typescript/bin/tsc')], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(faults).toBe('');
  const env = { PATH: process.env['PATH'], LEDGER_URL: ledger.url, API_KEY };
  const { stdout } = await run(process.execPath, ['out/program.js'], { cwd: folder, env });
  expect(JSON.parse(stdout)).toEqual({ exact: 3, ids: ['a', 'b'], isClass: true });
});
