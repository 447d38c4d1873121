import { describe, expect, test } from 'vitest';
import { summaryText } from '../../simulator/reporting/summary.js';
import { campaignOptions } from './example-options.js';
import { type Row } from './fake-ledger.js';
import { verified } from './verified-run.js';

/** A hook that does something to the first row it sees, whichever call that is, and to that call only. */
function toOneCall(change: (row: Row) => Row | undefined): (row: Row) => Row | undefined {
  let chosen: unknown;
  return (row) => {
    chosen ??= row.callId;
    return row.callId === chosen ? change(row) : row;
  };
}

describe('verification finds', () => {
  test('one lost call', async () => {
    const { verification, exitCode, result } = await verified({ store: toOneCall(() => undefined) });
    expect(verification).toMatchObject({ acknowledged: 120, found: 119, missing: 1, double: 0, wrong: 0 });
    expect(verification.examples).toEqual([expect.stringMatching(/^missing: 1000\d{9}\^1000\d{9}$/)]);
    expect(verification.totals.wrong).toHaveLength(1);
    expect(exitCode).toBe(1);
    expect(summaryText(result)).toContain('1 missing');
  });

  test('one call with two rows', async () => {
    const double = (rows: Row[]) =>
      rows.flatMap((row) => (String(row.callId).endsWith('0017') ? [row, row] : [row]));
    const { verification, exitCode } = await verified({ answer: double });
    expect(verification).toMatchObject({ found: 120, missing: 0, double: 1, wrong: 0 });
    expect(exitCode).toBe(1);
  });

  test.each([
    ['duration', (row: Row) => ({ ...row, duration: Number(row.duration) + 1 })],
    ['statusMsg', (row: Row) => ({ ...row, statusMsg: null })],
    ['outId', (row: Row) => ({ ...row, outId: `${String(row.outId)}0` })],
    ['callee', (row: Row) => ({ ...row, callee: '12000000000' })],
    [
      'originateTime',
      (row: Row) => ({ ...row, originateTime: String(row.originateTime).replace('Z', '+08:00') }),
    ],
    ['ringTime', (row: Row) => ({ ...row, ringTime: '2020-01-01T00:00:00.000Z' })],
    ['extra', (row: Row) => ({ ...row, extra: { more: 1 } })],
    ['answered', (row: Row) => ({ ...row, answered: row.smartStatusCode !== 'ANSWERED' })],
    ['occurredAt', (row: Row) => ({ ...row, occurredAt: '2020-01-01T00:00:00.000Z' })],
    ['warnings', (row: Row) => ({ ...row, warnings: [{ field: 'ringTime', reason: 'unreadable' }] })],
  ])('one call with another %s', async (field, change) => {
    const { verification, exitCode } = await verified({ store: toOneCall(change) });
    expect(verification).toMatchObject({ found: 120, missing: 0, double: 0, wrong: 1 });
    expect(verification.examples).toEqual([expect.stringMatching(new RegExp(`^wrong: .*\\(${field} `))]);
    expect(exitCode).toBe(1);
  });

  test('a time without zone', async () => {
    const { verification } = await verified({
      store: toOneCall((row) => ({ ...row, originateTime: String(row.originateTime).replace('Z', '') })),
    });
    expect(verification.wrong).toBe(1);
  });

  test('a new field that was thrown away', async () => {
    const campaign = campaignOptions({ calls: 120, strange: 1 });
    const { verification } = await verified({ store: (row) => ({ ...row, extra: null }) }, campaign);
    expect(verification.wrong).toBeGreaterThan(20);
    expect(verification.examples[0]).toContain('extra');
  });

  test('an id that has lost its last digits', async () => {
    const campaign = campaignOptions({ calls: 120, strange: 1 });
    const rounded = (row: Row) => {
      const number = /^\d{19}$/.test(String(row.callId)) ? String(BigInt(Number(row.callId))) : row.callId;
      return { ...row, callId: number };
    };
    const { verification, exitCode } = await verified({ store: rounded }, campaign);
    expect(verification.missing).toBeGreaterThan(10);
    expect(exitCode).toBe(1);
  });

  test('a correction that was not taken', async () => {
    const campaign = campaignOptions({ calls: 120, corrections: 0.3 });
    const seen = new Map<string, Row>();
    const first = (row: Row): Row => {
      const known = seen.get(String(row.callId)) ?? row;
      seen.set(String(row.callId), known);
      return known;
    };
    const { verification } = await verified({ store: first }, campaign);
    expect(verification.wrong).toBeGreaterThan(10);
    expect(verification.missing).toBe(0);
  });

  test('a call that its list passes over', async () => {
    const skip = (rows: Row[], query: URLSearchParams) =>
      query.has('taskId') ? rows.filter((row) => !String(row.callId).endsWith('0017')) : rows;
    const { verification, exitCode } = await verified({ answer: skip });
    expect(verification).toMatchObject({ found: 120, missing: 0, unlisted: 1 });
    expect(exitCode).toBe(1);
  });

  test('a call that nobody has sent', async () => {
    const invented = (rows: Row[]) => [...rows, { ...rows[0], callId: 'invented' }];
    const { verification, exitCode } = await verified({ answer: invented });
    expect(verification).toMatchObject({ found: 120, unexpected: 1 });
    expect(verification.examples).toEqual(['never sent: invented']);
    expect(exitCode).toBe(1);
  });

  test.each(['calls', 'answered', 'totalDuration'])(
    'a total of %s that is not the sum of the calls',
    async (figure) => {
      // Too high by one: too few calls would only make verification wait for more.
      const { verification, exitCode } = await verified({
        totals: (totals) => ({ ...totals, [figure]: Number(totals[figure]) + 1 }),
      });
      expect(verification).toMatchObject({ found: 120, missing: 0, wrong: 0 });
      expect(verification.totals.wrong).toHaveLength(2);
      expect(verification.totals.wrong[0]).toContain(figure);
      expect(exitCode).toBe(1);
    },
  );

  test('a broken record that is not in quarantine', async () => {
    const campaign = campaignOptions({ calls: 120, broken: 0.2 });
    const { verification, exitCode } = await verified({ quarantine: 'forgetful' }, campaign);
    expect(verification.quarantine.found).toBe(verification.quarantine.expected - 1);
    expect(exitCode).toBe(1);
  });
});
