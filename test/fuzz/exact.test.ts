// Any bytes and any JSON are pushed, and asked for by every way out of the ledger: each answer is JSON, and holds the
// same texts and the same digits.
import { afterAll, beforeAll, expect, it } from 'vitest';
import fc from 'fast-check';
import { LosslessNumber, parse } from 'lossless-json';
import { makeKey, withKey } from '../support/api-keys.js';
import { IS_LONG } from '../support/form.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { hostileText, jsonText } from '../support/json-texts.js';
import { readCsv } from '../query/exports/csv-reader.js';

const RUNS = Number(process.env['FUZZ_EXACT_RUNS'] ?? (IS_LONG ? 25 : 8));
const LONGEST_TEST_MS = 120_000 + RUNS * 2000;
const WITHOUT_NUMBERS = ['calls:read', 'deliveries:read', 'quarantine:manage'] as const;

/** A record that is pushed: its unknown fields by name, each as JSON text. */
interface Pushed {
  readonly callId: string;
  readonly statusMsg: string;
  readonly unknown: Readonly<Record<string, string>>;
}
type Fields = Readonly<Record<string, unknown>>;

let ledger: TestLedger;
let keyWithoutNumbers: string;
let runs = 0;

beforeAll(async () => {
  ledger = await startLedger();
  keyWithoutNumbers = (await makeKey(ledger, { scopes: WITHOUT_NUMBERS })).key;
});
afterAll(() => ledger.stop());

/** An answer as JSON, its numbers as their digits; of another key, which sees no numbers, it must be JSON too. */
async function ask(path: string, lines = false): Promise<unknown> {
  const masked = await withKey(ledger, keyWithoutNumbers, path);
  expect([path, masked.status]).toEqual([path, 200]);
  const { status, text } = await ledger.get(path);
  expect([path, status]).toEqual([path, 200]);
  if (!lines) {
    JSON.parse(masked.text);
    return parse(text);
  }
  for (const line of linesOf(masked.text)) JSON.parse(line);
  return { data: linesOf(text).map((line) => parse(line)) };
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

async function dataOf(path: string, lines = false): Promise<Fields[]> {
  const { data } = (await ask(path, lines)) as { data: Fields[] };
  return data;
}

/** Fields of exports, as CSV has them: JSON in one cell. */
async function csvOf(path: string): Promise<Fields[]> {
  const { text } = await ledger.get(path);
  const [names = [], ...lines] = readCsv(text);
  return lines.map((line) =>
    Object.fromEntries(
      line.map((cell, index) => {
        const name = names[index] ?? '';
        return [name, cell !== null && ['extra', 'warnings'].includes(name) ? parse(cell) : cell];
      }),
    ),
  );
}

async function bytesOf(deliveryId: string): Promise<Buffer> {
  const response = await fetch(`${ledger.url}/v1/deliveries/${deliveryId}/body`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

/** Each number as its digits, written out: jsonb knows no exponents. Its sign and the zeros at its end are kept. */
function withDigits(value: unknown): unknown {
  if (value instanceof LosslessNumber) return `number ${writtenOut(value.value)}`;
  if (Array.isArray(value)) return value.map(withDigits);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([name, member]) => [name, withDigits(member)]));
}

function writtenOut(number: string): string {
  const [mantissa = '', exponent = '0'] = number.split(/[eE]/);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const behindPoint = fraction.length - Number(exponent);
  const digits = (whole + fraction + '0'.repeat(Math.max(0, -behindPoint))).replace(/^0+/, '');
  return `${sign}${digits} with ${Math.max(0, behindPoint)} behind the point`;
}

const UNSTORABLE = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function expectSame(call: Fields, pushed: Pushed): void {
  const warned = new Set(((call['warnings'] ?? []) as { field: string }[]).map(({ field }) => field));
  const extra = (call['extra'] ?? {}) as Fields;
  for (const [name, json] of Object.entries(pushed.unknown)) {
    const key = UNSTORABLE.test(name) ? JSON.stringify(name) : name;
    const kept = extra[key];
    if (warned.has(key)) expect([name, kept]).toEqual([name, json]);
    else expect([name, withDigits(kept)]).toEqual([name, withDigits(parse(json))]);
  }
  const { statusMsg } = pushed;
  if (UNSTORABLE.test(statusMsg)) expect(extra['statusMsg']).toBe(JSON.stringify(statusMsg));
  else expect(call['statusMsg'] ?? '').toBe(statusMsg.trim());
}

const KNOWN = ['callId', 'taskId', 'statusMsg'];
const unknownName = hostileText.filter((name) => !KNOWN.includes(name));
const pushedFields = fc.record({
  statusMsg: hostileText,
  unknown: fc.dictionary(unknownName, jsonText, { maxKeys: 3, noNullPrototype: true }),
});

function textOf({ callId, statusMsg, unknown }: Pushed, taskId: string): string {
  const own = Object.entries(unknown).map(([name, json]) => `${JSON.stringify(name)}:${json}`);
  const known = [`"callId":"${callId}"`, `"taskId":"${taskId}"`, `"statusMsg":${JSON.stringify(statusMsg)}`];
  return `{${[...own, ...known].join(',')}}`;
}

it(
  'Any JSON in a record comes out of every reader as it came in, digit for digit',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pushedFields, { minLength: 1, maxLength: 20 }), async (contents) => {
        const taskId = `task-${(runs += 1)}`;
        const records = contents.map((content, index) => ({ callId: `${taskId}-${index}`, ...content }));
        const body = `[${records.map((record) => textOf(record, taskId)).join(', ')}]`;
        const after = ((await ask('/v1/changes?limit=0&after=now')) as { nextCursor: string }).nextCursor;
        const answer = await ledger.push(body);
        expect(answer.status).toBe(200);
        const sorted = (calls: Fields[]) =>
          calls.toSorted(
            (a, b) => Number(/\d+$/.exec(String(a['callId']))) - Number(/\d+$/.exec(String(b['callId']))),
          );
        const changes = await dataOf(`/v1/changes?limit=1000&after=${after}`);
        const readers: Record<string, Fields[]> = {
          list: await dataOf(`/v1/calls?taskId=${taskId}&limit=1000`),
          feed: changes.map(({ call }) => call as Fields),
          lines: await dataOf(`/v1/exports/calls?format=ndjson&taskId=${taskId}`, true),
          csv: await csvOf(`/v1/exports/calls?for=program&taskId=${taskId}`),
        };
        for (const [reader, calls] of Object.entries(readers)) {
          expect([reader, calls.length]).toEqual([reader, records.length]);
          for (const [index, call] of sorted(calls).entries()) expectSame(call, records[index] ?? fail());
        }
        const first = records[0] ?? fail();
        expectSame((await ask(`/v1/calls/${first.callId}`)) as Fields, first);
        // An earlier content comes from another table.
        await ledger.push([{ callId: first.callId, taskId, duration: 1 }]);
        const [, original] = await dataOf(`/v1/calls/${first.callId}/history`);
        expectSame(original?.['call'] as Fields, first);
        expect(await bytesOf(String(answer.headers.get('x-delivery-id')))).toEqual(Buffer.from(body));
      }),
      { numRuns: RUNS },
    );
  },
  LONGEST_TEST_MS,
);

function fail(): never {
  throw new Error('there is one missing');
}

interface Entry {
  readonly id: string;
  readonly raw: string;
  readonly rawEncoding: 'utf8' | 'base64';
  readonly place: string;
}

const strangeBody = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  hostileText.map((text) => Buffer.from(text, 'utf16le')),
  hostileText.map((text) => Buffer.from(text)),
  hostileText.map((text) => Buffer.from(`[${JSON.stringify(text)}`)),
  jsonText.map((text) => Buffer.from(text)),
);

it(
  'Any bytes that are no records come out of the quarantine as they came in',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(strangeBody, jsonText), { minLength: 1, maxLength: 10 }),
        async (bodies) => {
          for (const [bytes, json] of bodies) {
            runs += 1;
            // Each of them once: the same one again would be found under its first delivery.
            await expectInQuarantine(Buffer.concat([bytes, Buffer.from(`"${runs}`)]), undefined);
            await expectInQuarantine(Buffer.from(`[{"callId":"beside-${runs}"}, ${json} ]`), json);
          }
          const page = await dataOf('/v1/quarantine?limit=1000');
          expect(page.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: RUNS },
    );
  },
  LONGEST_TEST_MS,
);

/** @param record the one that can't be read; undefined: the whole body */
async function expectInQuarantine(body: Buffer, record: string | undefined): Promise<void> {
  const answer = await ledger.push(body);
  expect(answer.status).toBe(record === undefined ? 400 : 200);
  const deliveryId = String(answer.headers.get('x-delivery-id'));
  const [entry] = (await dataOf(`/v1/quarantine?deliveryId=${deliveryId}`)) as unknown as Entry[];
  if (entry === undefined) throw new Error(`nothing of ${body.toString('hex')} is in the quarantine`);
  const bytes = record === undefined ? body : Buffer.from(record);
  expect(Buffer.from(entry.raw, entry.rawEncoding)).toEqual(bytes);
  const path = `/v1/quarantine/${entry.id}`;
  expect((await ask(path)) as Entry).toMatchObject({ raw: entry.raw });
  const discarded = await withKey(ledger, API_KEY, `${path}/discard`, { method: 'POST' });
  expect(JSON.parse(discarded.text)).toMatchObject({ raw: entry.raw, status: 'discarded' });
}
