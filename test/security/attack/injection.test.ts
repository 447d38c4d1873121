// Hostile text in every parameter of every operation that the API's description names: nothing but a refusal or a right
// answer comes of it, and no row of the ledger changes. New parameters are attacked as soon as they are described.
//
// `npm test` tries a part of the texts on each parameter, and each text on some; TEST_FORM=long tries every text on every parameter.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Known, prepare, REQUESTS, WITH_VENDOR } from '../../contract/requests.js';
import { Contract } from '../../support/contract/contract.js';
import { describedApi } from '../../support/contract/described.js';
import type { Operation, ParameterObject } from '../../support/contract/document.js';
import { partOf } from '../../support/form.js';
import { type Answer, API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../../support/ledger.js';
import { fingerprint } from './fingerprint.js';
import { HOSTILE_TEXTS } from './hostile-texts.js';

const { operations, document } = new Contract(await describedApi());
/** What these operations are there to write. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
  createApiKey: ['api_keys'],
  eraseNumber: ['erasures', 'secrets'],
  checkCompleteness: ['completeness_runs'],
  repairCompleteness: ['completeness_runs'],
  // A header that says nothing makes a good push of it; one that names an unknown encoding, an entry of the quarantine.
  ...Object.fromEntries(
    ['push', 'pushNotes', 'pushRecordings'].flatMap((name) =>
      [name, `${name}WithTokenInPath`].map((operationId) => [
        operationId,
        ['deliveries', 'delivery_bodies', 'delivery_positions', 'quarantine'],
      ]),
    ),
  ),
  createWebhook: ['webhooks'],
  changeWebhook: ['webhooks'],
  labelTask: ['labels'],
  labelBatch: ['labels'],
  // Names that are good ones are registered by the one, and found by the other.
  listChanges: ['followers'],
  deleteFollower: ['followers'],
};
const PARTS = 16;
const SLOW_MS = 25_000;
/** Headers that are no parameters of an operation, but read all the same. */
const HEADERS = [
  'X-Request-Id',
  'Accept-Encoding',
  'Accept',
  'X-Forwarded-For',
  'User-Agent',
  'Content-Type',
];

let ledger: TestLedger;
let known: Known;

beforeAll(async () => {
  // The attack is faster than a key may ask.
  ledger = await startLedger({ ...WITH_VENDOR, QUERY_RATE_LIMIT: '100000' });
  known = await prepare(ledger);
});
afterAll(() => ledger.stop());

async function send(
  { method, operationId, path }: Operation,
  change: { target?: string; body?: string; headers?: Record<string, string> },
): Promise<Answer> {
  const sample = REQUESTS[operationId]?.(known) ?? { target: 'no sample' };
  const secret = path.startsWith('/push') ? PUSH_TOKEN : API_KEY;
  const body = change.body ?? sample.body;
  const begin = performance.now();
  const answer = await ledger.request(change.target ?? sample.target, {
    method,
    headers: { authorization: `Bearer ${secret}`, ...change.headers },
    ...(body === undefined ? {} : { body }),
  });
  expect(performance.now() - begin).toBeLessThan(SLOW_MS);
  expect([answer.status < 500, answer.text]).toEqual([true, answer.text]);
  expect(answer.headers.get('x-injected')).toBeNull();
  return answer;
}

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

function targetWith(operation: Operation, { name, in: place }: ParameterObject, text: string): string {
  const target = REQUESTS[operation.operationId]?.(known).target ?? '';
  const [path = '', query = ''] = target.split('?');
  if (place === 'query') {
    const others = new URLSearchParams(query);
    others.delete(name);
    // What waits is tried elsewhere.
    if (name !== 'wait') others.delete('wait');
    return `${path}?${others.toString()}&${name}=${encoded(text)}`;
  }
  const index = operation.path.split('/').indexOf(`{${name}}`);
  const parts = path.split('/');
  parts[index] = encoded(text);
  return parts.join('/') + (query === '' ? '' : `?${query}`);
}

async function unchanged(operation: Operation, attack: () => Promise<void>): Promise<void> {
  const written = WRITES[operation.operationId] ?? [];
  const before = await fingerprint(ledger.database, written);
  await attack();
  expect(await fingerprint(ledger.database, written)).toEqual(before);
}

const parameters = operations
  .flatMap((operation) =>
    (operation.parameters ?? []).map((parameter) => ({
      operation,
      parameter,
      name: `${operation.operationId}: ${parameter.in} ${parameter.name}`,
    })),
  )
  .map((each, turn) => ({ ...each, turn }));

describe('Hostile text', () => {
  it.each(parameters)('in $name is refused or finds nothing', async ({ operation, parameter, turn }) => {
    await unchanged(operation, async () => {
      for (const text of partOf(HOSTILE_TEXTS, PARTS, turn)) {
        if (parameter.in === 'header') {
          const value = text.replaceAll(/[^\x20-\x7e]/g, '');
          const answer = await send(operation, { headers: { [parameter.name]: value } });
          // Of a header that is understood, or not understood at all.
          expect([200, 304, 400, 415]).toContain(answer.status);
          continue;
        }
        const answer = await send(operation, { target: targetWith(operation, parameter, text) });
        // A follower's name chooses nothing.
        if (parameter.name === 'follower') continue;
        expect(answer.status === 200 ? rowsOf(answer) : []).toEqual([]);
      }
    });
  });

  it.each(operations)('in any header of $operationId changes nothing', async (operation) => {
    await unchanged(operation, async () => {
      // Discarding, revoking and pushing are done here, by right, and once more change nothing.
      for (const [turn, name] of HEADERS.entries()) {
        for (const text of partOf(HOSTILE_TEXTS, 2 * PARTS, turn)) {
          const value = text.replaceAll(/[^\x20-\x7e]/g, '');
          if (operation.method !== 'GET') continue;
          const answer = await send(operation, { headers: { [name]: value } });
          expect(answer.status).toBeLessThan(400);
          expect(answer.headers.get('x-request-id')).toMatch(/^[\w.:-]{1,100}$/);
        }
      }
    });
  });
});

/** The rows of a list that were found by the text; of operations that answer otherwise, none. */
function rowsOf({ body, headers }: Answer): unknown[] {
  if (headers.get('content-type')?.startsWith('application/json') !== true) return [];
  return typeof body === 'object' && body !== null && 'data' in body && Array.isArray(body.data)
    ? body.data
    : [];
}

const bodies = operations
  .filter(({ path, requestBody }) => path.startsWith('/v1') && requestBody !== undefined)
  .flatMap((operation) => {
    const { $ref } = operation.requestBody?.content['application/json']?.schema ?? {};
    const { properties } = document.components.schemas[String($ref).split('/').at(-1) ?? ''] ?? {};
    return Object.keys(properties ?? {}).map((field) => ({
      operation,
      field,
      name: `${operation.operationId}: ${field}`,
    }));
  })
  .map((each, turn) => ({ ...each, turn }));

describe('A hostile field of a body', () => {
  it('is one of several', () => {
    expect(bodies.length).toBeGreaterThan(10);
  });

  it.each(bodies)('$name is refused or taken as it is', async ({ operation, field, turn }) => {
    const sample = JSON.parse(REQUESTS[operation.operationId]?.(known).body ?? '{}') as object;
    const odd: readonly unknown[] = [
      0,
      -1,
      1e308,
      true,
      [],
      {},
      [[]],
      [{}],
      [null],
      { $gt: '' },
      { toString: 1 },
      [1, 'a'],
    ];
    await unchanged(operation, async () => {
      const texts = partOf(HOSTILE_TEXTS, PARTS / 2, turn);
      const lists = partOf(HOSTILE_TEXTS, PARTS / 2, turn + 1).map((text) => [text]);
      for (const value of [...texts, ...lists, ...partOf(odd, 2, turn)]) {
        const body = JSON.stringify({ ...sample, [field]: value });
        const answer = await send(operation, { body });
        if (answer.status >= 300) continue;
        expect(ANY_TEXT[operation.operationId]).toContain(field);
        if (field === 'name' && answer.status === 201)
          expect(answer.body).toMatchObject({ name: String(value).toWellFormed() });
      }
    });
  });
});

/** Fields that take any text; all others have a form. */
const ANY_TEXT: Readonly<Record<string, readonly string[]>> = {
  createApiKey: ['name', 'sources'],
  eraseNumber: ['reason'],
  checkCompleteness: ['taskId'],
  repairCompleteness: ['taskId', 'dryRun'],
  replayQuarantine: ['dryRun', 'ids', 'source', 'deliveryId', 'reason'],
  acknowledgeSchemaDrift: ['dryRun', 'field'],
  discardQuarantine: ['dryRun', 'ids', 'source', 'deliveryId', 'reason'],
  createWebhook: ['name', 'filter'],
  changeWebhook: ['filter'],
  labelTask: ['name', 'note'],
  labelBatch: ['name', 'note'],
};
