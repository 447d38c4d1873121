// The steps of CONTRIBUTING.md for a field that the vendor adds, done in a copy of the tree: built, migrated, pushed
// and asked.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { exchange, useOwnContract } from '../support/exchange.js';
import { record } from '../support/records.js';
import { ACCESS, freePort, ServiceProcess } from '../support/service.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const BUILT_FROM = [
  'src',
  'platform',
  'embedded-postgres',
  'simulator',
  'console',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
const run = promisify(execFile);

let tree: string;
let dataDir: string;
let database: TestDatabase;
let service: ServiceProcess;
let forgetContract: (() => void) | undefined;

beforeAll(async () => {
  tree = mkdtempSync(join(tmpdir(), 'new-field-'));
  dataDir = mkdtempSync(join(tmpdir(), 'new-field-data-'));
  for (const name of [...BUILT_FROM, 'tsconfig.build.json'])
    cpSync(join(root, name), join(tree, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  database = await createDatabase('empty');
  service = await start(join(root, 'dist/main.js'));
});
afterAll(async () => {
  forgetContract?.();
  await service.end('SIGTERM');
  await database.drop();
  for (const folder of [tree, dataDir]) rmSync(folder, { recursive: true });
});

async function start(main: string): Promise<ServiceProcess> {
  const environment = { ...ACCESS, DATABASE_URL: database.url, JOURNAL_DIR: 'off', ACK_DEADLINE_MS: '20000' };
  return ServiceProcess.start(dataDir, await freePort(), environment, [], main).ready();
}

/** Runs a program of the copy. */
async function runInTree(...command: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], DATABASE_URL: database.url, DATA_DIR: dataDir };
  return (await run(process.execPath, command, { cwd: tree, env })).stdout;
}

/** The guide's steps: the file that each names last before its code, and the code. */
function steps(): { file: string; code: string }[] {
  const guide = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const section = guide.split('\n## The vendor adds a field\n')[1]?.split('\n## ')[0] ?? '';
  return [
    ...section.matchAll(
      /`((?:src|simulator)\/[^`]+)`(?:(?!`(?:src|simulator)\/|```)[^])*```ts\n([^]*?)\n {3}```/g,
    ),
  ].map(([, file = '', code = '']) => ({ file, code: code.replace(/^ {3}/gm, '') }));
}

function change(file: string, before: string | RegExp, after: (found: string) => string): void {
  const path = join(tree, file);
  const text = readFileSync(path, 'utf8');
  const changed = text.replace(before, after);
  expect([file, changed]).not.toEqual([file, text]);
  writeFileSync(path, changed);
}

function followGuide(): void {
  const [property, migration, value, ...others] = steps();
  if (property === undefined || migration === undefined || value === undefined) throw new Error('no steps');
  expect(others).toEqual([]);
  change(property.file, /(?<=export class CallRecord \{[^]*?\n)\}\n/, (end) => `\n${property.code}\n${end}`);
  writeFileSync(join(tree, migration.file), migration.code);
  const [, name = ''] = /export class (\w+)/.exec(migration.code) ?? [];
  const list = 'src/persistence/schema/migrations/migrations.ts';
  const file = migration.file.split('/').at(-1)?.replace('.ts', '.js') ?? '';
  change(list, /^/, () => `import { ${name} } from './${file}';\n`);
  change(list, /,?\n?\];\n$/, () => `, ${name}];\n`);
  change(value.file, /\n *extra: /, (extra) => `\n${value.code}${extra}`);
}

async function ask(path: string): Promise<{ text: string; body: unknown }> {
  const headers = { authorization: `Bearer ${ACCESS.ADMIN_API_KEY}` };
  const answer = await exchange(service.url, path, { headers });
  expect([path, answer.status, answer.text]).toEqual([path, 200, answer.text]);
  return answer;
}

describe('A field that the vendor adds', () => {
  beforeAll(async () => {
    await service.push([record('corrected', { duration: 1 }), record('known')]);
    await service.push([record('corrected')]);
    await service.end('SIGTERM');
    followGuide();
    await runInTree('scripts/build.mjs');
    await runInTree('dist/src/persistence/commands/migrate.js');
    service = await start(join(tree, 'dist/main.js'));
    forgetContract = await useOwnContract(service.url);
    await service.push([record('new', { waitDuration: 7 }), record('corrected', { waitDuration: '8' })]);
    await service.push([record('known')]);
  });

  it('is in the call, and in the history also of what came before', async () => {
    const { text, body } = await ask('/v1/calls/new');
    expect(body).toMatchObject({ waitDuration: 7, extra: null, warnings: null });
    expect(text).toContain('"hangupDirection":"User","waitDuration":7,');
    expect((await ask('/v1/calls/corrected/history')).body).toMatchObject({
      data: [
        { changes: [{ field: 'waitDuration', before: null, after: 8 }], call: { waitDuration: 8 } },
        { changes: [{ field: 'duration', before: 1, after: 330 }], call: { waitDuration: null } },
        { call: { waitDuration: null } },
      ],
    });
  });

  it('makes no correction of a call that comes again without it', async () => {
    expect((await ask('/v1/calls/known')).body).toMatchObject({ waitDuration: null, revision: 1 });
    expect((await ask('/v1/deliveries?limit=1')).body).toMatchObject({
      data: [{ stored: 0, corrected: 0, duplicate: 1 }],
    });
  });

  it('is in lists and in the feed', async () => {
    expect((await ask('/v1/calls?callId=new')).body).toMatchObject({ data: [{ waitDuration: 7 }] });
    expect((await ask('/v1/calls?callId=new&fields=waitDuration')).body).toMatchObject({
      data: [{ callId: 'new', waitDuration: 7 }],
    });
    expect((await ask('/v1/changes')).body).toMatchObject({
      data: expect.arrayContaining([
        { type: 'call', call: expect.objectContaining({ callId: 'new', waitDuration: 7 }) },
      ]),
    });
  });

  it('is in exports', async () => {
    const fields = 'callId=new&fields=callee,waitDuration';
    expect((await ask(`/v1/exports/calls?${fields}&for=program`)).text).toBe(
      'callId,callee,waitDuration\r\n"new","13900000000",7\r\n',
    );
    expect((await ask(`/v1/exports/calls?${fields}&format=ndjson`)).body).toEqual({
      callId: 'new',
      callee: '13900000000',
      waitDuration: 7,
    });
  });

  it('is in the description of pushes and of answers', async () => {
    const body = await service.get('/openapi.json');
    const described = { description: 'Seconds that the callee waited for an answer.', example: 3 };
    expect(body).toMatchObject({
      components: {
        schemas: {
          CallRecord: { properties: { waitDuration: described } },
          Call: {
            properties: { waitDuration: described },
            required: expect.arrayContaining(['waitDuration']),
          },
        },
      },
    });
  });

  it('is sent by the simulator, which finds it stored', async () => {
    const options = ['--url', service.url, '--token', 'push-token-of-the-tests', '--calls', '50'];
    const key = ['--api-key', ACCESS.ADMIN_API_KEY];
    await runInTree('dist/simulator/main.js', ...options, ...key, '--strange', '0.5', '--verify');
    expect(
      await database.query(
        "SELECT count(*)::int AS calls, count(wait_duration)::int AS sent FROM calls WHERE detail_id NOT LIKE 'detail-of-%'",
      ),
    ).toEqual([{ calls: 50, sent: 50 }]);
  });
});
