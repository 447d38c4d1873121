// Calls received in a range stand together in the order of their times: a page reads only them, wherever they stand.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALL_FIELDS } from '../../../src/query/calls/call-fields.js';
import type { CallFilter } from '../../../src/query/calls/call-filter.js';
import { callReader } from '../../../src/query/calls/call-texts.js';
import type { CallPosition } from '../../../src/query/calls/call.repository.js';
import { ExplainedCalls } from './explained-calls.js';

const CALLS = 100_000;
const PAGE = 50;
/** All calls are on some 2,400 pages of 8 kB. To walk them in order touches as many buffers, and those of the index. */
const MOST_BUFFERS = 500;
/** Call n began n seconds after this, and was received two minutes later. */
const BEGINNING = Date.parse('2025-06-01T00:00:00Z');
const received = (call: number) => BEGINNING + (call + 120) * 1000;

const INSERT = `INSERT INTO calls (call_id, occurred_at, first_received_at, last_received_at, delivery_id, revision,
    answered, source, task_id, batch_id, detail_id, content_hash)
  SELECT 'call-' || lpad(n::text, 6, '0'), to_timestamp($2 + n), to_timestamp($2 + n + 120), to_timestamp($2 + n + 120),
    gen_random_uuid(), 1, true, 'vendor', 't', 'b', 'd' || n, ''
  FROM generate_series(0, $1::int - 1) AS n`;

let explained: ExplainedCalls;

beforeAll(async () => {
  explained = await ExplainedCalls.of(async (plain) => {
    await plain.query(INSERT, [CALLS, BEGINNING / 1000]);
  });
});
afterAll(() => explained.end());

const CALL_ID = CALL_FIELDS.indexOf('callId');
const reader = callReader();

const idOf = (call: number) => `call-${String(call).padStart(6, '0')}`;
const placeOf = (call: number): CallPosition => ({
  occurredAt: BEGINNING + call * 1000,
  callId: idOf(call),
});

async function list(
  filter: CallFilter,
  order: 'asc' | 'desc',
  after?: number,
): Promise<{ readonly ids: readonly string[]; readonly buffers: number }> {
  explained.takeBuffers();
  const { calls } = await explained.calls.list(
    filter,
    { sources: null },
    order,
    after === undefined ? undefined : placeOf(after),
    { limit: PAGE, fields: undefined },
  );
  const ids = calls.map((call) => {
    reader.read(call);
    return reader.text(CALL_ID) ?? '';
  });
  return { ids, buffers: Math.max(...explained.takeBuffers()) };
}

/** The ids from one call to another, both included. */
function between(first: number, last: number): string[] {
  const step = first <= last ? 1 : -1;
  return Array.from({ length: Math.abs(last - first) + 1 }, (_, index) => idOf(first + index * step));
}

/** Which calls were received in the range, and in which place of the ledger they stand. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  'two minutes in the middle': [50_000, 50_120],
  'an hour in the middle': [50_000, 53_600],
  'an hour at the beginning': [0, 3600],
  'an hour at the end': [CALLS - 3600, CALLS],
};
const QUESTIONS = Object.entries(RANGES).flatMap(([name, [from, to]]) =>
  (['desc', 'asc'] as const).map((order) => [name, order, from, to] as const),
);

describe('A page of calls that were received in a range reads no others', () => {
  it.each(QUESTIONS)('the first one: %s, %s', async (_name, order, from, to) => {
    const filter = { receivedFrom: received(from), receivedTo: received(to) };
    const { ids, buffers } = await list(filter, order);
    expect(ids).toEqual(order === 'asc' ? between(from, from + PAGE - 1) : between(to - 1, to - PAGE));
    expect(buffers).toBeGreaterThan(0);
    expect(buffers).toBeLessThan(MOST_BUFFERS);
  });

  it.each(QUESTIONS)('the next one: %s, %s', async (_name, order, from, to) => {
    const filter = { receivedFrom: received(from), receivedTo: received(to) };
    const { ids, buffers } = await list(filter, order, order === 'asc' ? from + 4 : to - 5);
    expect(ids).toEqual(order === 'asc' ? between(from + 5, from + 54) : between(to - 6, to - 55));
    expect(buffers).toBeLessThan(MOST_BUFFERS);
  });

  it.each([
    ['since a time', 'asc', { receivedFrom: received(CALLS - 3600) }, between(CALLS - 3600, CALLS - 3551)],
    ['until a time', 'desc', { receivedTo: received(3600) }, between(3599, 3550)],
  ] as const)('%s, %s', async (_name, order, filter, expected) => {
    const { ids, buffers } = await list(filter, order);
    expect(ids).toEqual(expected);
    expect(buffers).toBeLessThan(MOST_BUFFERS);
  });

  it.each([
    ['most calls', { receivedFrom: received(10), receivedTo: received(CALLS - 10) }],
    ['the newest third', { receivedFrom: received(CALLS - 33_000) }],
    ['the oldest quarter, until its time', { receivedTo: received(24_000), to: BEGINNING + 24_000_000 }],
  ] as const)('and not all of these if they are many: %s', async (_name, filter) => {
    expect((await list(filter, 'desc')).buffers).toBeLessThan(MOST_BUFFERS);
  });
});
