// A cursor is the client's to send: spoilt, forged, of another list or of another key, it is refused or leads to
// entries of that list that the asker may see. `npm test` tries a part of the forgeries on each list; TEST_FORM=long
// all.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../../src/security/principal.js';
import {
  cursorOf,
  dataOf,
  isObject,
  type Json,
  object,
  pushed,
  pushFromOther,
  random,
} from '../../contract/helpers.js';
import { completenessOf, type Known, prepare, WITH_VENDOR } from '../../contract/requests.js';
import { makeKey, withKey } from '../../support/api-keys.js';
import { Contract } from '../../support/contract/contract.js';
import { describedApi } from '../../support/contract/described.js';
import { partOf } from '../../support/form.js';
import { type Answer, API_KEY, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { until } from '../../support/service.js';
import { fingerprint } from './fingerprint.js';

/** Lists, each with a second order where it has one. */
const LISTS: Readonly<Record<string, (known: Known) => string>> = {
  listCalls: () => '/v1/calls?',
  getCallHistory: () => '/v1/calls/much-corrected/history?',
  listTasks: () => '/v1/tasks?',
  listBatchesOfTask: () => '/v1/tasks/task-1/batches?',
  listBatches: () => '/v1/batches?',
  listChanges: () => '/v1/changes?',
  listDeliveries: () => '/v1/deliveries?',
  listSchemaDrift: () => '/v1/schema-drift?',
  listQuarantine: () => '/v1/quarantine?',
  listApiKeys: () => '/v1/api-keys?',
  listErasures: () => '/v1/erasures?',
  listCompleteness: () => '/v1/completeness?',
  listMissingEntries: ({ taskId }) => `/v1/completeness/${taskId}/missing?`,
  listAuditEvents: () => '/v1/audit-events?',
  listSessions: () => '/v1/sessions?',
  listWebhooks: () => '/v1/webhooks?',
  listWebhookAttempts: ({ webhook }) => `/v1/webhooks/${webhook}/attempts?`,
  listFollowers: () => '/v1/followers?',
};
const { operations } = new Contract(await describedApi());
const lists = operations
  .filter(({ parameters }) => parameters?.some(({ name }) => ['cursor', 'after'].includes(name)))
  .map(({ operationId }, turn) => ({
    operationId,
    parameter: operationId === 'listChanges' ? 'after' : 'cursor',
    turn,
  }));
const FLIPS = 60;
const PARTS = 6;

let ledger: TestLedger;
let known: Known;
let limited: string;
const cursors: Record<string, string> = {};

beforeAll(async () => {
  ledger = await startLedger({ ...WITH_VENDOR, QUERY_RATE_LIMIT: '100000' });
  known = await prepare(ledger);
  for (const duration of [1, 2, 3]) await pushed(ledger, [record('much-corrected', { duration })]);
  await pushed(ledger, [record('b', { taskId: 'task-2', batchId: 'batch-2', new1: 1, new2: 2 }), {}, 1]);
  await pushed(ledger, [record('c', { batchId: 'batch-2' })]);
  await pushFromOther(ledger, [record('foreign', { taskId: 'foreign', batchId: 'foreign' }), {}]);
  await completenessOf(ledger, 'task-2', 'vendor');
  await completenessOf(ledger, 'foreign', 'other');
  await ledger.database.query(
    "UPDATE completeness_missing SET task_id = 'task-1', detail_id = '90002' WHERE task_id = 'task-2'",
  );
  await withKey(ledger, API_KEY, `/v1/webhooks/${known.webhook}/test`, { method: 'POST' });
  await ledger.database.query(
    `INSERT INTO sessions (id, created_at, expires_at, checked_at, secret_hash, subject, name, roles)
      SELECT gen_random_uuid(), now(), expires_at, now(), sha256('another'), subject, name, roles FROM sessions`,
  );
  for (const number of ['13900000005', '13900000006']) {
    const body = JSON.stringify({ number, reason: 'asked for' });
    await withKey(ledger, API_KEY, '/v1/erasures', { method: 'POST', body });
  }
  await until('the erasures', async () =>
    dataOf(await ledger.get('/v1/erasures')).every(({ status }) => status === 'done'),
  );
  limited = (await makeKey(ledger, { scopes: SCOPES, sources: ['vendor'] })).key;
  for (const { operationId } of lists) cursors[operationId] = (await pageAt(operationId, 'limit=1')).next;
});
afterAll(() => ledger.stop());

interface PageSeen {
  readonly answer: Answer;
  readonly next: string;
}

async function pageAt(operationId: string, query: string, key = API_KEY): Promise<PageSeen> {
  const path = LISTS[operationId]?.(known);
  if (path === undefined) throw new Error(`add ${operationId} to LISTS`);
  const answer = await withKey(ledger, key, path + query);
  const body = isObject(answer.body) ? answer.body : {};
  const next = 'page' in body ? cursorOf(answer) : body['nextCursor'];
  return { answer, next: typeof next === 'string' ? next : '' };
}

/** But for when a key was used, which is noted some seconds later, and for how far a follower is behind by now. */
const textOf = (row: Json) =>
  JSON.stringify({ ...row, lastUsedAt: undefined, lagChanges: undefined, lagSeconds: undefined });

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (cursor: string) =>
  JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, ...(string | number)[]];

/** What may stand in the place of a part of a cursor. */
const FORGED: readonly unknown[] = [
  ...[-1, 0, 0.5, 1e308, 2 ** 53, -(2 ** 53), 253402300799999, 8.64e15, '9223372036854775808', 'NaN', ''],
  ...[null, true, [], {}, [1], { toString: 1 }, '__proto__', 'constructor', '\0', '\ud800', 'x'.repeat(2000)],
  ...[
    "' OR 1=1 --",
    "'; DROP TABLE calls; --",
    '$1',
    '%',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '2025-06-01',
  ],
  ...[
    '00000000-0000-0000-0000-000000000000',
    'infinity',
    '-infinity',
    '2025-13-45T99:99:99Z',
    '+275760-09-13',
  ],
];

function forgeries(cursor: string): string[] {
  const [kind, ...parts] = decode(cursor);
  const changed = parts.flatMap((_part, index) =>
    FORGED.map((value) => encode([kind, ...parts.with(index, value as string)])),
  );
  const shapes = [[kind], [kind, ...parts, 1], parts, { kind, parts }, null, kind, [[kind, ...parts]]];
  const kinds = FORGED.map((value) => encode([value, ...parts]));
  return [...changed, ...kinds, ...shapes.map(encode), 'e30', '_', '-', 'A'.repeat(8000)];
}

function flipped(cursor: string): string[] {
  const bytes = Buffer.from(cursor, 'base64url');
  const next = random(42);
  return Array.from({ length: FLIPS }, () => {
    const copy = Buffer.from(bytes);
    const place = Math.floor(next() * copy.length);
    copy[place] = (copy[place] ?? 0) ^ (1 << Math.floor(next() * 8));
    return copy.toString('base64url');
  });
}

describe.each(lists)('A cursor of $operationId', ({ operationId, parameter, turn }) => {
  it('is there to be spoilt', () => {
    expect(cursors[operationId]).toMatch(/^[\w-]{8,}$/);
  });

  it('that is spoilt or forged is refused, or leads to entries of the list', async () => {
    const before = await fingerprint(ledger.database);
    const whole = dataOf((await pageAt(operationId, 'limit=1000')).answer).map(textOf);
    const cursor = cursors[operationId] ?? '';
    for (const forged of partOf([...forgeries(cursor), ...flipped(cursor)], PARTS, turn)) {
      const { answer } = await pageAt(operationId, `limit=2&${parameter}=${forged}`);
      expect([forged, [200, 400].includes(answer.status), answer.text]).toEqual([forged, true, answer.text]);
      if (answer.status !== 200) continue;
      const rows = dataOf(answer).map(textOf);
      expect(rows.length).toBeLessThanOrEqual(2);
      expect(whole).toEqual(expect.arrayContaining(rows));
    }
    expect(await fingerprint(ledger.database)).toEqual(before);
  });

  it('is refused by every other list', async () => {
    for (const other of lists) {
      if (other.operationId === operationId) continue;
      const query = `${other.parameter}=${cursors[operationId] ?? ''}`;
      const { answer } = await pageAt(other.operationId, query);
      // Lists of the same kind and order, as batches and a task's batches, may understand each other.
      if (answer.status === 200) {
        expect(decode(cursors[operationId] ?? '')[0]).toBe(decode(cursors[other.operationId] ?? '')[0]);
      } else expect(answer.status).toBe(400);
    }
  });

  it('of a key that sees all, or forged, shows nothing foreign to a key that does not', async () => {
    const cursor = cursors[operationId] ?? '';
    for (const forged of [cursor, ...partOf(forgeries(cursor), PARTS, turn)]) {
      const { answer } = await pageAt(operationId, `limit=1000&${parameter}=${forged}`, limited);
      expect(answer.status).toBeLessThan(500);
      if (answer.status === 200) expect(object(answer.body)).not.toEqual({});
      expect(answer.text).not.toMatch(/foreign|"other"/);
    }
  });
});
