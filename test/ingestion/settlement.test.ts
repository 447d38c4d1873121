// In whatever order the records of a call are written, the ledger ends with the same row.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { CallState } from '../../src/ingestion/writing/call-state.js';
import { settle } from '../../src/ingestion/writing/settlement.js';
import { CallRecord } from '../../src/call/call-record.js';

const CONTENTS = ['A', 'B', 'C', 'bare', 'bare of another task'];

/** A record of the one call that these tests are about. */
function received(
  content: string,
  at: number,
  deliveryId: string,
  { source = 'vendor', pulled = false } = {},
): CallState {
  const record = Object.assign(new CallRecord(), {
    callId: 'c',
    taskId: content === 'bare of another task' ? 'task-2' : 'task-1',
    statusMsg: content.startsWith('bare') ? null : content,
  });
  return {
    ...{
      callId: 'c',
      record,
      source,
      pulled,
      occurredAt: at,
      answered: false,
      answerDelay: null,
      extra: null,
      warnings: null,
    },
    ...{
      contentHash: content,
      revision: 1,
      firstReceivedAt: at,
      lastReceivedAt: at,
      lastDeliveryId: deliveryId,
      deliveryId,
    },
  };
}

/** The row, and the history, after records are written one by one. */
function written(records: readonly CallState[]): { row: CallState; past: readonly string[] } {
  const [first, ...others] = records;
  if (first === undefined) throw new Error('no records');
  let row = first;
  const past: string[] = [];
  for (const record of others) {
    const { replaced, renewed, past: now } = settle(new Map([['c', row]]), [record]);
    const [after] = renewed;
    row = replaced[0]?.after ?? (after === undefined ? row : { ...row, ...after });
    past.push(...now.map(({ state }) => state.contentHash));
  }
  return { row, past };
}

const records = fc
  .array(
    fc.record({
      content: fc.constantFrom(...CONTENTS),
      at: fc.integer({ min: 1, max: 4 }),
      pulled: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((all) =>
    all.map(({ content, at, pulled }, index) =>
      received(content, at, `delivery-${index}`, { pulled: pulled && !content.startsWith('bare') }),
    ),
  );

describe('Records of one call', () => {
  it('leave the content that was pushed last, else the one that was pulled last, and the first receipt of all', () => {
    fc.assert(
      fc.property(
        records.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          const full = all.filter(({ record }) => record.statusMsg !== null);
          const pushed = full.filter(({ pulled }) => !pulled);
          const candidates = [pushed, full].find(({ length }) => length > 0) ?? all;
          const last = [...candidates].sort(
            (a, b) => b.lastReceivedAt - a.lastReceivedAt || (a.deliveryId < b.deliveryId ? 1 : -1),
          )[0];
          expect(written(shuffled).row).toMatchObject({
            contentHash: last?.contentHash,
            pulled: last?.pulled,
            lastReceivedAt: last?.lastReceivedAt,
            lastDeliveryId: last?.deliveryId,
            firstReceivedAt: Math.min(...all.map(({ firstReceivedAt }) => firstReceivedAt)),
          });
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('end alike whether they are settled one by one or together', () => {
    fc.assert(
      fc.property(records, (all) => {
        const [first, ...others] = all;
        if (first === undefined) return;
        const { replaced, renewed, past } = settle(new Map([['c', first]]), others);
        const one = written(all);
        expect({ ...first, ...renewed[0], ...replaced[0]?.after }).toEqual(one.row);
        expect(past.map(({ state }) => state.contentHash)).toEqual(one.past);
      }),
    );
  });

  it('are a correction when another source pushes the same, and the call is of the last one then', () => {
    const { replaced, outcomes } = settle(new Map([['c', received('A', 1, 'd1')]]), [
      received('A', 2, 'd2', { source: 'another' }),
    ]);
    expect(outcomes).toEqual(['corrected']);
    expect(replaced[0]?.after).toMatchObject({ source: 'another', revision: 2 });
  });

  it('replace pulled content when they are pushed, whenever they were received, and never the reverse', () => {
    const pulled = settle(new Map([['c', received('A', 5, 'd5', { pulled: true })]]), [
      received('A', 1, 'd1'),
    ]);
    expect(pulled.outcomes).toEqual(['corrected']);
    expect(pulled.replaced[0]?.after).toMatchObject({ pulled: false, revision: 2, lastReceivedAt: 1 });
    const pushed = settle(new Map([['c', received('A', 1, 'd1')]]), [
      received('B', 5, 'd5', { pulled: true }),
      received('A', 6, 'd6', { pulled: true }),
    ]);
    expect(pushed).toMatchObject({ outcomes: ['corrected', 'duplicate'], replaced: [], renewed: [] });
    expect(pushed.past).toMatchObject([{ state: { contentHash: 'B' }, revision: null }]);
  });

  it('that are bare are duplicates, unless they name something else', () => {
    const stored = new Map([['c', received('A', 2, 'd1')]]);
    const { outcomes, past, replaced, renewed } = settle(stored, [
      received('bare', 3, 'd2'),
      received('bare of another task', 4, 'd3'),
      received('bare', 1, 'd0'),
    ]);
    expect(outcomes).toEqual(['duplicate', 'corrected', 'duplicate']);
    expect(past).toMatchObject([{ state: { deliveryId: 'd3' }, revision: null }]);
    expect(replaced).toEqual([]);
    expect(renewed).toMatchObject([{ firstReceivedAt: 1, lastReceivedAt: 2, lastDeliveryId: 'd1' }]);
  });
});
