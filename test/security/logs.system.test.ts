// Whatever happens, no log holds a token, a key, a password or a number. Beside this, test/support/leaks.ts reads what
// services print in all other tests.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DatabaseServer } from '../support/database-server.js';
import { leakIn, WatchedLog } from '../support/leaks.js';
import { signal } from '../support/processes.js';
import { record } from '../support/records.js';
import { freePort, healthOf, ServiceProcess, until } from '../support/service.js';

const secret = () => randomBytes(24).toString('base64url');
const PASSWORD = 'password-of-a-role';
const SECRETS = { token: secret(), wrongToken: secret(), admin: secret() + secret(), wrongKey: secret() };
/** Each is used in one place, so that a test that fails says where. */
const NUMBERS = {
  pushed: '13911110001',
  corrected: '13911110002',
  broken: '13911110003',
  notJson: '13911110004',
  asked: '13911110005',
  inPath: '13911110006',
  erased: '13911110007',
  refused: '13911110008',
  inWrongToken: '13911110009',
  journalled: '13911110010',
  forbidden: '13911110011',
  unreadableTable: '13911110012',
  inBody: '13911110013',
  field: '13911110014',
  raised: '13911110015',
};

let folder: string;
let server: DatabaseServer;
let service: ServiceProcess;
let databaseUrl: string;
let seen: string[];

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

const push = (body: string, token = SECRETS.token) =>
  fetch(`${service.url}/push/${token}/call-reports`, { method: 'POST', body });
const pushRecord = (callId: string, callee: string) => push(JSON.stringify([record(callId, { callee })]));

async function ask(path: string, init: RequestInit = {}, key: string = SECRETS.admin): Promise<unknown> {
  const headers = { authorization: `Bearer ${key}`, ...init.headers };
  return (await fetch(`${service.url}${path}`, { ...init, headers })).json().catch(() => undefined);
}
const post = (path: string, body: unknown, key?: string) =>
  ask(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }, key);

async function pushInEveryWay(): Promise<void> {
  await pushRecord('one', NUMBERS.pushed);
  await pushRecord('one', NUMBERS.corrected);
  await push(`[{"callee": "${NUMBERS.broken}", "nothing": "else"}, ${NUMBERS.broken}]`);
  await push(`[{"callId": "two", "callee": "${NUMBERS.notJson}`);
  await push(
    `{"callId": "three", "${NUMBERS.field}": {"a": "${NUMBERS.field}"}, "duration": "${NUMBERS.field}"}`,
  );
  await push('[]', SECRETS.wrongToken);
  await push('[]', NUMBERS.inWrongToken);
  for (const authorization of [
    `Bearer ${SECRETS.token}`,
    `Bearer ${SECRETS.wrongToken}`,
    `Basic ${Buffer.from(`user:${SECRETS.wrongToken}`).toString('base64')}`,
    SECRETS.token,
  ]) {
    await fetch(`${service.url}/push/call-reports`, {
      method: 'POST',
      body: '[]',
      headers: { authorization },
    });
  }
  await fetch(`${service.url}/push/${SECRETS.token}/nothing/${NUMBERS.inPath}?token=${SECRETS.token}`);
}

async function askInEveryWay(): Promise<void> {
  const { asked, inPath, inBody, refused } = NUMBERS;
  for (const path of [
    `/v1/calls?callee=${asked}`,
    `/v1/calls?calleeEndsWith=${asked}&from=${asked}`,
    `/v1/calls?limit=${asked}&${asked}=1`,
    `/v1/calls?cursor=${asked}`,
    `/v1/calls/${inPath}`,
    `/v1/${inPath}/nothing`,
    `/v1/calls/%E0%A4%A${inPath}`,
    `/v1/stats/calls?groupBy=${asked}`,
    `/v1/exports/calls?callee=${asked}`,
    '/v1/exports/calls',
    '/v1/deliveries',
  ])
    await ask(path);
  await post('/v1/quarantine/replay', { status: 'open' });
  await post('/v1/quarantine/replay', { ids: [inBody] });
  await post('/v1/quarantine/replay', `{"${inBody}": `);
  await post('/v1/api-keys', { name: inBody, scopes: [inBody], [inBody]: 1 });
  await post('/v1/erasures', { number: `${refused}${refused}`, reason: refused, [refused]: refused });
  await ask(`/v1/calls?key=${SECRETS.admin}`, {}, SECRETS.wrongKey);
}

async function useKeys(): Promise<void> {
  const made = (await post('/v1/api-keys', { name: 'one', scopes: ['calls:read'] })) as {
    id: string;
    key: string;
  };
  seen.push(made.key, made.key.split('_')[2] ?? made.key);
  await ask('/v1/calls', {}, made.key);
  await ask('/v1/api-keys', {}, made.key);
  await ask('/v1/calls', {}, `${made.key}0`);
  await ask(`/v1/api-keys/${made.id}`, { method: 'DELETE' });
  await ask('/v1/calls', {}, made.key);
}

async function eraseANumber(): Promise<void> {
  await pushRecord('erased', NUMBERS.erased);
  const { id } = (await post('/v1/erasures', { number: NUMBERS.erased, reason: `by ${NUMBERS.erased}` })) as {
    id: string;
  };
  await until('the erasure', async () => {
    return ((await ask(`/v1/erasures/${id}`)) as { status: string }).status === 'done';
  });
}

/** Errors of PostgreSQL quote rows and values in their message, detail, where and query. */
async function makeTheDatabaseComplain(): Promise<void> {
  const { forbidden, unreadableTable, raised } = NUMBERS;
  await run(
    databaseUrl,
    `ALTER TABLE calls ADD CONSTRAINT forbidden CHECK (callee <> '${forbidden}') NOT VALID`,
    `CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
       IF NEW.callee = '${raised}' THEN RAISE EXCEPTION 'invalid input: "%"', NEW.callee USING ERRCODE = '22P02';
       END IF; RETURN NEW; END$$`,
    'CREATE TRIGGER complains BEFORE INSERT ON calls FOR EACH ROW EXECUTE FUNCTION complain()',
  );
  await pushRecord('forbidden', forbidden);
  await pushRecord('raised', raised);
  await run(databaseUrl, 'ALTER TABLE calls RENAME COLUMN callee TO somebody');
  await ask(`/v1/calls?callee=${unreadableTable}`);
  await ask(`/v1/exports/calls?callee=${unreadableTable}`);
  await pushRecord('unreadable', unreadableTable);
  await run(databaseUrl, 'ALTER TABLE calls RENAME COLUMN somebody TO callee');
}

async function killTheDatabase(): Promise<void> {
  const pid = server.pid();
  if (pid === undefined) throw new Error('the database has no process');
  signal(pid, 'SIGKILL');
  await until('the service to see it', async () => (await healthOf(service.url)) !== 'ok');
  await pushRecord('journalled', NUMBERS.journalled);
  await ask(`/v1/calls?callee=${NUMBERS.asked}`);
  await ask(`/v1/calls/${NUMBERS.inPath}`, {}, `clk_01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f_${'0'.repeat(64)}`);
  await until('the database to be back', async () => (await healthOf(service.url)) === 'ok');
  await service.has('journalled');
  await until('the service to say so', () => service.output.includes('drained'));
}

describe.each(['json', 'pretty'])('The log, as %s and of every level,', (format) => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'call-ledger-logs-'));
    server = DatabaseServer.create();
    const adminUrl = await server.start();
    await run(adminUrl, `CREATE ROLE tested SUPERUSER LOGIN PASSWORD '${PASSWORD}'`);
    databaseUrl = Object.assign(new URL(adminUrl), { username: 'tested', password: PASSWORD }).href;
    seen = [...Object.values(SECRETS), ...Object.values(NUMBERS), PASSWORD];
  });
  afterEach(async () => {
    try {
      await service.end('SIGKILL');
    } finally {
      await server.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('holds no token, no key, no password and no number', async () => {
    service = ServiceProcess.start(folder, await freePort(), {
      DATABASE_URL: databaseUrl,
      PUSH_TOKENS: `vendor=${SECRETS.token}`,
      ADMIN_API_KEY: SECRETS.admin,
      LOG_LEVEL: 'trace',
      LOG_FORMAT: format,
    });
    await service.ready();
    for (const step of [
      pushInEveryWay,
      askInEveryWay,
      useKeys,
      eraseANumber,
      makeTheDatabaseComplain,
      killTheDatabase,
    ]) {
      await step();
      const line = service.output.split('\n').find((one) => seen.some((value) => one.includes(value)));
      expect([step.name, line]).toEqual([step.name, undefined]);
    }
    expect(await service.end('SIGTERM')).toBe(0);
    // It did log what happened, at every level.
    for (const said of ['refused', 'kept', 'unwritable', 'erasure done', 'drained', '/v1/calls'])
      expect(service.output).toContain(said);
    expect(seen.filter((value) => service.output.includes(value))).toEqual([]);
  });
});

describe('What is found in a log by all other tests', () => {
  it.each([
    ['a number', 'the call of 13900000000'],
    ['a number in another form', '{"callee":"+8613900000000"}'],
    ['a landline', '(05710000000)'],
    ['a token', 'POST /push/push-token-of-somebody/call-reports'],
    ['a key', `clk_01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f_${'0'.repeat(64)}`],
  ])('is %s', (_what, line) => {
    expect(leakIn(`a line\n${line}\nanother`, ['push-token-of-somebody'])).toContain(line);
    const log = new WatchedLog(['push-token-of-somebody']);
    log.warn({ entry: { nested: line } });
    expect(() => {
      log.refuseLeaks();
    }).toThrow('in the log');
  });

  it.each(['{"timestamp":1795371472721}', '01972a3e-5f1c-7c3a-9d55-139000000001', 'drained 14 deliveries'])(
    'is not %s',
    (line) => {
      expect(leakIn(line, ['push-token-of-somebody'])).toBeUndefined();
    },
  );
});
