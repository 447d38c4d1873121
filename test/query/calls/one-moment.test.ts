// Very many calls of one second: a page reads only its own calls.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALL_FIELDS } from '../../../src/query/calls/call-fields.js';
import { idsOf } from '../../../src/query/calls/call-names.js';
import { callReader } from '../../../src/query/calls/call-texts.js';
import type { CallFilter } from '../../../src/query/calls/call-filter.js';
import type { CallPosition } from '../../../src/query/calls/call.repository.js';
import { ExplainedCalls } from './explained-calls.js';

const MOMENT = Date.parse('2025-06-01T04:00:00Z');
const CALLS = 20_000;
const PAGE = 50;
/** Half as many as there are of the task with few calls. */
const FEW = 20;
/** A page of 50 calls touches some 60 buffers of 8 kB, 200 for their notes and recordings, and all calls of the moment 700. */
const MOST_BUFFERS = 400;

const INSERT = `INSERT INTO calls (call_id, occurred_at, first_received_at, last_received_at, delivery_id, revision,
    answered, source, task_id, batch_id, detail_id, content_hash, warnings)
  SELECT 'call-' || n, CASE WHEN n <= $1 THEN to_timestamp($2) ELSE to_timestamp($2 + n - 1.5 * $1) END, now(), now(),
    gen_random_uuid(), 1, true, 'vendor', CASE WHEN n % 1000 = 0 THEN 'few' ELSE 't' END, CASE WHEN n % 1000 = 0 THEN 'few' ELSE 'b' END,
    'd' || n, '', '[]' FROM generate_series(1, $1::int * 2) AS n`;

let explained: ExplainedCalls;

beforeAll(async () => {
  explained = await ExplainedCalls.of(async (plain) => {
    await plain.query(INSERT, [CALLS, MOMENT / 1000]);
  });
});
afterAll(() => explained.end());

const CALL_ID = CALL_FIELDS.indexOf('callId');
const reader = callReader();
const FILTERS: Readonly<Record<string, CallFilter>> = {
  'all calls': {},
  'a task': { taskId: ['t'] },
  'a batch': { batchId: ['b'] },
  'a task and a batch': { taskId: ['t'], batchId: ['b'] },
  'a range of time': { from: MOMENT - 3_600_000, to: MOMENT + 3_600_000 },
  'calls with warnings': { hasWarnings: true },
};
const QUESTIONS = Object.entries(FILTERS).flatMap(([name, filter]) =>
  (['desc', 'asc'] as const).map((order) => [name, order, filter] as const),
);

/** A call of the moment that is in the middle of it. */
async function middle(): Promise<CallPosition> {
  const [row] = await explained.plain.query<{ call_id: string }>(
    `SELECT call_id FROM calls WHERE occurred_at = to_timestamp($1) ORDER BY hashtextextended(call_id, 0) OFFSET $2 LIMIT 1`,
    [MOMENT / 1000, CALLS / 2],
  );
  return { occurredAt: MOMENT, callId: row?.call_id ?? '' };
}

describe('Pages amid very many calls of one second', () => {
  it.each(QUESTIONS)('read only their own calls: %s, %s', async (_name, order, filter) => {
    explained.takeBuffers();
    const seen = new Set<string>();
    let after = await middle();
    for (let page = 0; page < 4; page += 1) {
      const { calls: found } = await explained.calls.list(filter, { sources: null }, order, after, {
        limit: PAGE,
        fields: undefined,
      });
      expect(found).toHaveLength(PAGE);
      for (const call of found) {
        reader.read(call);
        after = { occurredAt: MOMENT, callId: reader.text(CALL_ID) ?? '' };
        seen.add(after.callId);
      }
    }
    expect(seen.size).toBe(4 * PAGE);
    const mostBuffers = Math.max(...explained.takeBuffers());
    expect(mostBuffers).toBeGreaterThan(0);
    expect(mostBuffers).toBeLessThan(MOST_BUFFERS);
  });
});

describe('A page of few calls among very many', () => {
  it.each([
    { taskId: ['few'] },
    { batchId: ['few'] },
    { taskId: ['few'], batchId: ['few'] },
    { taskId: ['few', 'none'] },
  ])('reads only these: %j', async (filter) => {
    explained.takeBuffers();
    const { calls: found } = await explained.calls.list(filter, { sources: null }, 'desc', undefined, {
      limit: FEW,
      fields: undefined,
    });
    expect(found).toHaveLength(FEW);
    for (const call of found) {
      reader.read(call);
      expect(idsOf(reader).taskId).toBe('few');
    }
    expect(Math.max(...explained.takeBuffers())).toBeLessThan(MOST_BUFFERS);
  });
});
