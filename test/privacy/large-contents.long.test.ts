// Contents that once ended the process in the search for a number: they are looked through, and others are served
// meanwhile.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ATTACK_BODIES, packed } from '../attack/bodies.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { removeFolder } from '../support/files.mjs';
import { partOf } from '../support/form.js';
import { record } from '../support/records.js';
import { ACCESS, freePort, ServiceProcess, until } from '../support/service.js';

/** In the short form, all but one of them are a tenth of their size. */
const NAMES = [
  'a callee of 30 MB of digits',
  '15,000,000 digits of another script',
  'a callee of 15,000,000 letters of another script',
  '31 MB of bytes that are no UTF-8',
];
const NUMBER = '13900000007';

let folder: string;
let database: TestDatabase;
let service: ServiceProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-large-contents-'));
  database = await createDatabase();
  // What a container of 1 GiB gives to the heap.
  const environment = {
    ...ACCESS,
    DATABASE_URL: database.url,
    ACK_DEADLINE_MS: '60000',
    NODE_OPTIONS: '--max-old-space-size=512',
  };
  service = await ServiceProcess.start(folder, await freePort(), environment).ready();
});
afterAll(async () => {
  await service.end('SIGKILL');
  await database.drop();
  await removeFolder(folder);
});

it('An erasure looks through large contents, and finds its number beside them', async () => {
  const whole = partOf(NAMES, NAMES.length);
  for (const { name, make } of ATTACK_BODIES.filter((body) => NAMES.includes(body.name))) {
    const answer = await fetch(service.pushUrl, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: packed(make(name, whole.includes(name) ? 1 : 0.1)),
    });
    expect([name, [200, 400].includes(answer.status)]).toEqual([name, true]);
  }
  expect((await service.push([record('held', { callee: NUMBER })])).status).toBe(200);
  const made = await fetch(`${service.url}/v1/erasures`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ACCESS.ADMIN_API_KEY}` },
    body: JSON.stringify({ number: NUMBER, reason: 'Asked for by the person' }),
  });
  const { id } = (await made.json()) as { id: string };
  await until('the erasure to be done', async () => {
    const job = (await service.get(`/v1/erasures/${id}`)) as { status?: string };
    return job.status === 'done';
  });
  expect(await service.get(`/v1/erasures/${id}`)).toMatchObject({ erased: { calls: 1, bodies: 1 } });
  expect(service.child.exitCode).toBeNull();
  expect((await service.push([record('after')])).status).toBe(200);
});
