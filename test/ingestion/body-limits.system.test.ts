// What a body may hold, at each limit and one beyond it; and that a body beyond them ends nothing, at once or by way
// of the journal.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { beyondLimits } from '../../src/ingestion/reading/body-limits.js';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../support/files.mjs';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { record } from '../support/records.js';
import { freePort, ServiceProcess, until } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const fields = (count: number) => Array.from({ length: count }, (_, index) => `"k${index}":0`).join(',');
const levels = (count: number) => '['.repeat(count) + ']'.repeat(count);
const values = (count: number) => `[${'0,'.repeat(count - 2)}0]`;
const empties = (count: number) => `[${'{ },'.repeat(count - 1)}[\n]]`;

describe('A body', () => {
  it.each([
    ['values', values(2_000_000), values(2_000_001), 'more than 2000000 values'],
    ['empty values', empties(1_999_999), empties(2_000_000), 'more than 2000000 values'],
    [
      'fields of an object',
      `[{${fields(100_000)}},{"a":1}]`,
      `[{${fields(100_001)}}]`,
      'an object of more than 100000 fields',
    ],
    ['levels', levels(1_500_000), levels(1_500_001), 'more than 1500000 levels'],
    [
      'levels of a large body',
      `[${levels(1_499_999)},"${'x'.repeat(600_000)}"]`,
      `[${levels(1_500_000)},"${'x'.repeat(600_000)}"]`,
      'more than 1500000 levels',
    ],
  ])('may have so many %s and no more', (_name, within, beyond, reason) => {
    expect(beyondLimits(within)).toBeUndefined();
    expect(beyondLimits(beyond)?.reason).toBe(`The body holds ${reason}`);
  });

  it('may have brackets, commas and quotes in its texts, as many as it likes', () => {
    const text = JSON.stringify(['[{,:"\\'.repeat(400_000), 'é[用{🙂'.repeat(100_000)]);
    expect(beyondLimits(text)).toBeUndefined();
  });

  it('that is cut off anywhere is counted to its end', () => {
    const text = `[{"a\\"":"[\\\\"},[[`;
    for (let length = 0; length <= text.length; length += 1)
      expect(beyondLimits(text.slice(0, length).padStart(500_000))).toBeUndefined();
  });
});

const PUSH_TOKEN = 'push-token-of-the-tests';
/** What a container of 1 GiB gives to the heap. */
const HEAP_MB = 520;
/** Its 2,000,000 unknown fields are 4.7 MB packed. Once, parsing them ended the process. */
const BOMB = gzipSync(`[{"callId":"bomb",${fields(2_000_000)}}]`, { level: 1 });

describe('A service with a small heap', () => {
  let folder: string;
  let database: TestDatabase;
  let proxy: TcpProxy;
  let service: ServiceProcess;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'call-ledger-limits-'));
    database = await createDatabase();
    proxy = await TcpProxy.before(Number(new URL(database.url).port));
    const environment = {
      DATABASE_URL: proxy.through(database.url),
      PUSH_TOKENS: `vendor=${PUSH_TOKEN}`,
      ADMIN_API_KEY: 'api-key-of-the-tests-of-32-characters',
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
    };
    service = await ServiceProcess.start(folder, await freePort(), environment).ready();
  });
  afterAll(async () => {
    await service.end('SIGKILL');
    await proxy.refuse();
    await database.drop();
    await removeFolder(folder);
  });

  async function push(body: Buffer | string): Promise<{ status: number; text: string }> {
    const headers: Record<string, string> = typeof body === 'string' ? {} : { 'content-encoding': 'gzip' };
    const answer = await fetch(`${service.url}/push/${PUSH_TOKEN}/call-reports`, {
      method: 'POST',
      headers,
      body,
    });
    return { status: answer.status, text: await answer.text() };
  }
  const count = async (table: string) =>
    Number((await database.query(`SELECT count(*)::int AS count FROM ${table}`))[0]?.['count']);

  it('refuses two million fields, keeps the body, and goes on', async () => {
    const { status, text } = await push(BOMB);
    expect(status).toBe(400);
    expect(text).toMatch(/an object of more than 100000 fields at byte \d+/);
    await until('the body to be kept', async () => (await count('quarantine')) === 1);
    expect((await push(JSON.stringify([record('after')]))).status).toBe(200);
  });

  it('does the same while its database is away, and drains what came before and after it', async () => {
    await database.query('DELETE FROM quarantine');
    await proxy.refuse();
    expect((await push(JSON.stringify([record('before')]))).status).toBe(200);
    expect((await push(BOMB)).status).toBe(400);
    expect((await push(JSON.stringify([record('behind')]))).status).toBe(200);
    await proxy.acceptAgain();
    await until('all to be written', async () => (await count('calls')) === 3);
    await until('the body to be kept', async () => (await count('quarantine')) === 1);
  });
});
