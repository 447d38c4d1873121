// Numbers in all their spellings, in every place where somebody may put one: masked without numbers:read, and gone
// after an erasure.
// `npm test` takes every sixth spelling, others at the next run; TEST_FORM=long takes all.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arrive } from '../../src/ingestion/delivery.js';
import { Keeper } from '../../src/ingestion/keeper.js';
import { SCOPES } from '../../src/security/principal.js';
import { NEVER_NUMBERS as EVERY_NEVER_NUMBER } from '../numbers/never-numbers.js';
import {
  everySpelling,
  SEED,
  writtenForeign,
  writtenLandlines,
  writtenMobiles,
} from '../numbers/written-numbers.js';
import { Instance } from '../query/changes/instances.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { IS_LONG, partOf } from '../support/form.js';
import { API_KEY } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { skipRests } from '../support/short-times.js';
import { erased, erasureOf } from './erasing.js';
import { unpacked } from './unpacked.js';

const [MOBILE, LANDLINE, FOREIGN] = ['13900000777', '57120000777', '16505550777'] as const;
const NUMBERS = [MOBILE, LANDLINE, FOREIGN];
const PARTS = 6;
const NEVER_NUMBERS = partOf(EVERY_NEVER_NUMBER, PARTS);
const drawn = (texts: fc.Arbitrary<{ readonly text: string }>) =>
  fc.sample(texts, { numRuns: IS_LONG ? 60 : 10, seed: SEED }).map(({ text }) => text);
const SPELLINGS = [
  ...new Set([
    ...partOf(everySpelling(MOBILE), PARTS),
    ...drawn(writtenMobiles(fc.constant(MOBILE))),
    ...drawn(writtenLandlines(fc.constant(LANDLINE))),
    ...drawn(writtenForeign(fc.constant(FOREIGN))),
  ]),
];
/** Each character as an escape, or as it stands in JSON. */
const escapes = (text: string) =>
  Array.from(
    { length: text.length },
    (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
const json = (value: unknown) => JSON.stringify(value);
/** An exponent belongs to a number: nobody writes its digits as escapes. */
const deep = (text: string) => (/e/i.test(text) ? json({ to: text }) : `{"to":"${escapes(text)}"}`);

/** Where in a call a number may stand. */
const PLACES: Readonly<Record<string, (text: string) => Record<string, unknown>>> = {
  text: (text) => ({ statusMsg: `reached ${text}; busy` }),
  unknown: (text) => ({ note: [{ to: text }] }),
  name: (text) => ({ extras: { [text]: true } }),
  nested: (text) => ({ note: json({ to: [text] }) }),
  escaped: (text) => ({ note: deep(text) }),
  deeper: (text) => ({ note: json(json(deep(text))) }),
  'object for an id': (text) => ({ taskId: { to: text } }),
  'id of another thing': (text) => ({ about: { callId: text, outId: text } }),
};

let database: TestDatabase;
let journals: string;
let ledger: Instance;
let blind: string;

beforeAll(async () => {
  skipRests();
  database = await createDatabase();
  journals = mkdtempSync(join(tmpdir(), 'call-ledger-journals-'));
  ledger = await Instance.start(database.url, { JOURNAL_DIR: journals, ACK_DEADLINE_MS: '20000' });
  const made = await post('/v1/api-keys', {
    name: 'blind',
    scopes: SCOPES.filter((scope) => scope !== 'numbers:read'),
  });
  blind = ((await made.json()) as { key: string }).key;
});
afterAll(async () => {
  vi.restoreAllMocks();
  await ledger.remove();
  await database.drop();
  rmSync(journals, { recursive: true, force: true });
});

const get = (path: string, key: string, headers: Record<string, string> = {}) =>
  fetch(`${ledger.url}${path}`, { headers: { authorization: `Bearer ${key}`, ...headers } });

async function post(path: string, body: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${API_KEY}` };
  const answer = await fetch(`${ledger.url}${path}`, { method: 'POST', body: json(body), headers });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer;
}

async function pushAll(records: readonly unknown[]): Promise<void> {
  for (let from = 0; from < records.length; from += 500)
    expect((await ledger.push(records.slice(from, from + 500))).status).toBe(200);
}

/** All entries of a list, as a key may see them. */
async function all(path: string, key: string): Promise<Record<string, unknown>[]> {
  const entries: Record<string, unknown>[] = [];
  for (let next: string | undefined = `${path}?limit=1000`; next !== undefined;) {
    const answer = await get(next, key);
    expect(answer.status).toBe(200);
    entries.push(...((await answer.json()) as { data: Record<string, unknown>[] }).data);
    next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  return entries;
}

/** What a text says when nothing is an escape any more. */
function plain(text: string): string {
  const read = text
    .replaceAll(/\\+u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\+t/g, '\t')
    .replaceAll(/\\+(["/])/g, '$1');
  return read;
}

/** The spellings that can still be read in some text. */
function readIn(text: string): string[] {
  const said = plain(text);
  return SPELLINGS.filter((spelling) => said.includes(spelling));
}

/** All that the database and the journals hold, unpacked. */
async function everything(): Promise<Map<string, string>> {
  const columns = await database.query<{ table: string; column: string; type: string }>(
    `SELECT table_name AS table, column_name AS column, data_type AS type FROM information_schema.columns
      WHERE table_schema = 'public'`,
  );
  const texts = new Map<string, string>();
  for (const { table, column, type } of columns) {
    const value = type === 'bytea' ? `"${column}"` : `"${column}"::text`;
    const rows = await database.query<{ value: Buffer | string }>(
      `SELECT ${value} AS value FROM "${table}" WHERE "${column}" IS NOT NULL`,
    );
    texts.set(
      `${table}.${column}`,
      rows.map(({ value }) => (typeof value === 'string' ? value : unpacked(value).toString())).join('\n;'),
    );
  }
  return texts;
}

async function leftOver(): Promise<Record<string, string[]>> {
  const found = [...(await everything())].map(([place, text]) => [place, readIn(text)] as const);
  return Object.fromEntries(found.filter(([, spellings]) => spellings.length > 0));
}

const calls = SPELLINGS.flatMap((spelling, index) =>
  Object.entries(PLACES).map(([place, fields]) =>
    record(`call ${place} ${letters(index)}`, {
      callee: null,
      outId: null,
      detailId: null,
      ...fields(spelling),
    }),
  ),
);
/** Nobody writes the digits of what is no number as escapes, and who did would get a UUID masked. */
const UNESCAPED = Object.entries(PLACES).filter(([place]) => !['escaped', 'deeper'].includes(place));
const kept = NEVER_NUMBERS.flatMap((text, index) =>
  UNESCAPED.map(([place, fields]) => record(`kept ${place} ${letters(index)}`, fields(text))),
);
const stray = SPELLINGS.map((spelling) => ({ stray: spelling, [spelling]: [spelling] }));
const NAMES = SPELLINGS.filter((spelling) => spelling.length <= 90).map((spelling) => `of ${spelling}`);

/** Digits would be counted. */
function letters(index: number): string {
  return Array.from(
    index.toString(26).padStart(3, '0'),
    (digit) => 'abcdefghijklmnopqrstuvwxyz'[Number.parseInt(digit, 26)],
  ).join('');
}

describe(`Numbers in ${SPELLINGS.length} spellings and ${Object.keys(PLACES).length + 6} places`, () => {
  it('are masked without numbers:read, and what is none is not', async () => {
    console.log(
      `${SPELLINGS.length} spellings, ${calls.length} calls, ${kept.length} calls without numbers; seed ${SEED}`,
    );
    await pushAll(calls);
    await pushAll(kept);
    await pushAll(stray);
    for (const name of NAMES) await post('/v1/api-keys', { name, scopes: ['calls:read'] });
    const masked = await all('/v1/calls', blind);
    const shown = new Map(
      masked.map(({ callId, extra, statusMsg, warnings }) => [callId, { extra, statusMsg, warnings }]),
    );
    const telling = calls.filter(({ callId }) => {
      const text = json(shown.get(callId));
      return !text.includes('****') || readIn(text).length > 0;
    });
    expect(telling.map(({ callId }) => [callId, shown.get(callId)])).toEqual([]);
    const whole = new Map((await all('/v1/calls', API_KEY)).map((call) => [call['callId'], call]));
    for (const { callId } of kept) {
      const { extra, statusMsg } = whole.get(callId) ?? {};
      expect([callId, shown.get(callId)]).toMatchObject([callId, { extra, statusMsg }]);
    }
    for (const path of ['/v1/quarantine', '/v1/api-keys', '/v1/schema-drift'])
      expect([path, (await all(path, blind)).filter((entry) => readIn(json(entry)).length > 0)]).toEqual([
        path,
        [],
      ]);
    for (const { id } of await all('/v1/deliveries', blind))
      expect(readIn(await (await get(`/v1/deliveries/${String(id)}/body`, blind)).text())).toEqual([]);
  });

  it('are not kept in the audit, of what was asked for and as the id of a request', async () => {
    for (const spelling of SPELLINGS) {
      const asked = encodeURIComponent(spelling);
      const headers = /^[\w.:-]{1,100}$/.test(spelling) ? { 'x-request-id': spelling } : undefined;
      const answer = await get(
        `/v1/calls?callee=${asked}&outId=${asked}&statusCode=${asked}&limit=1`,
        API_KEY,
        headers,
      );
      expect([spelling, answer.status]).toEqual([spelling, 200]);
      expect(answer.headers.get('x-request-id')).not.toBe(spelling);
    }
    const texts = [...(await everything())].filter(([place]) => place.startsWith('audit_events'));
    expect(texts.filter(([, text]) => readIn(text).length > 0).map(([place]) => place)).toEqual([]);
  });

  it('are gone after an erasure, and what is none stays', async () => {
    const damaged = join(journals, 'some.journal.damaged');
    writeFileSync(damaged, [...SPELLINGS, ...NEVER_NUMBERS].join('\n;\n'));
    const before = await database.query(
      `SELECT to_jsonb(calls)::text AS row FROM calls WHERE call_id LIKE 'kept%' ORDER BY call_id`,
    );
    // The reason of another erasure, which was asked for before: each is a job, so that only some spellings are in one.
    const reason = SPELLINGS.filter((_, index) => index % 12 === SEED % 12).join('\n;\n');
    await post('/v1/erasures', { number: '10000000001', reason: reason.slice(0, 1000) });
    const reasonsBefore = (await all('/v1/erasures', blind)).map(({ reason }) => String(reason));
    expect(reasonsBefore.filter((reason) => readIn(reason).length > 0)).toEqual([]);
    const jobs: string[] = [];
    for (const number of NUMBERS) {
      const answer = await post('/v1/erasures', { number, reason: 'asked for' });
      jobs.push(((await answer.json()) as { id: string }).id);
    }
    for (const job of jobs) await erased(ledger.url, job);
    expect(await leftOver()).toEqual({});
    const left = await database.query(`SELECT call_id FROM calls WHERE call_id LIKE 'call%'`);
    expect(left).toEqual([]);
    expect(
      await database.query(
        `SELECT to_jsonb(calls)::text AS row FROM calls WHERE call_id LIKE 'kept%' ORDER BY call_id`,
      ),
    ).toEqual(before);
    const bodies = plain((await everything()).get('delivery_bodies.body') ?? '');
    expect(NEVER_NUMBERS.filter((text) => !bodies.includes(plain(text)))).toEqual([]);
    const lines = readFileSync(damaged, 'utf8').split('\n;\n');
    expect(lines.slice(SPELLINGS.length)).toEqual(NEVER_NUMBERS);
    const others = lines
      .slice(0, SPELLINGS.length)
      .filter((line) => !/^\(?"?\[erased\]"?(?:\.0)?$/.test(line));
    expect(others).toEqual([]);

    // What was received before and is written late.
    const { requestedAt } = await erasureOf(ledger.url, jobs[0] ?? '');
    const keeper = ledger.app.get(Keeper, { strict: false });
    for (const body of [calls.slice(0, 2000), stray]) {
      const late = arrive('vendor', null, Buffer.from(json(body)), Date.parse(requestedAt) - 1);
      expect(await keeper.write({ ...late, via: 'journal' })).toEqual({ kept: 'database' });
    }
    for (const job of jobs) await erased(ledger.url, job);
    await until('what was written late to be gone', async () => Object.keys(await leftOver()).length === 0);
  });
});
