import type { CampaignOptions } from '../../src/simulator/records/campaign-options.js';
import { simulate } from '../../src/simulator/simulation.js';
import type { SimulatorOptions } from '../../src/simulator/simulator-options.js';
import { exitCodeOf, summaryText } from '../../src/simulator/summary.js';
import { countFaults } from '../../src/simulator/verification/verification-result.js';
import { campaignOptions, simulatorOptions } from './example-options.js';
import { FakeLedger, type Faults, type Row } from './fake-ledger.js';
import { SilentProgress } from './silent-progress.js';

const CAMPAIGN = campaignOptions({ calls: 120, batchSize: 10, tasks: 2 });

async function verified(
  faults: Faults,
  campaign: CampaignOptions = CAMPAIGN,
  changes: Partial<SimulatorOptions> = {},
) {
  const ledger = await FakeLedger.listening(faults);
  try {
    const options = simulatorOptions(ledger.url, campaign, changes);
    const result = await simulate(options, new SilentProgress(), new AbortController().signal);
    if (result.verification === null) throw new Error(`not verified: ${String(result.verificationError)}`);
    return { result, verification: result.verification, exitCode: exitCodeOf(result), ledger };
  } finally {
    await ledger.close();
  }
}

/** A hook that does something to the first row it sees, whichever call that is, and to that call only. */
function toOneCall(change: (row: Row) => Row | undefined): (row: Row) => Row | undefined {
  let chosen: unknown;
  return (row) => {
    chosen ??= row.callId;
    return row.callId === chosen ? change(row) : row;
  };
}

describe('verification passes', () => {
  test('a ledger that keeps everything, whatever the vendor does', async () => {
    const campaign = campaignOptions({
      calls: 600,
      duplicates: 0.2,
      corrections: 0.2,
      broken: 0.1,
      brokenBodies: 0.3,
      reorder: 0.3,
      strange: 0.5,
    });
    const { verification, exitCode, ledger } = await verified({}, campaign);
    expect(verification).toMatchObject({ acknowledged: 600, found: 600, examples: [] });
    expect(countFaults(verification)).toBe(0);
    expect(verification.totals).toEqual({ compared: 3, uncertain: 0, wrong: [] });
    expect(verification.quarantine.expected).toBeGreaterThan(40);
    expect(verification.quarantine.found).toBe(verification.quarantine.expected);
    expect(ledger.rows.size).toBe(600);
    expect(exitCode).toBe(0);
  });

  test('the same run a second time', async () => {
    const campaign = campaignOptions({ calls: 120, corrections: 0.2 });
    const ledger = await FakeLedger.listening();
    const options = simulatorOptions(ledger.url, campaign);
    for (const signal of [new AbortController().signal, new AbortController().signal]) {
      expect(exitCodeOf(await simulate(options, new SilentProgress(), signal))).toBe(0);
    }
    expect(ledger.rows.size).toBe(120);
    await ledger.close();
  });

  test('a ledger that stores what it has acknowledged only later', async () => {
    const campaign = campaignOptions({ calls: 120, batchSize: 10, tasks: 2, corrections: 0.3 });
    const { verification, exitCode } = await verified({ storeAfterQuestions: 5 }, campaign, {
      verifyTimeoutMs: 10_000,
    });
    expect(verification).toMatchObject({ found: 120, missing: 0, wrong: 0 });
    expect(exitCode).toBe(0);
  });

  test('a ledger that stores what it could not acknowledge in time', async () => {
    const { verification, exitCode, result } = await verified({
      failAfterStoring: (rows) => rows.some((row) => String(row.callId).endsWith('0')),
    });
    expect(result.tally.pushesGivenUp).toBe(12);
    expect(verification).toMatchObject({ acknowledged: 0, found: 0, unacknowledgedStored: 120, wrong: 0 });
    expect(verification.totals).toEqual({ compared: 0, uncertain: 2, wrong: [] });
    expect(countFaults(verification)).toBe(0);
    expect(exitCode).toBe(1);
    expect(summaryText(result)).toContain('120 calls of given-up pushes are stored all the same');
  });

  test('a ledger that stored a correction which it could not acknowledge', async () => {
    const campaign = campaignOptions({ calls: 120, batchSize: 10, tasks: 2, corrections: 0.3 });
    const isCorrection = (row: Row) =>
      row.statusMsg === 'Corrected by carrier' || row.statusMsg === '运营商更正';
    const { verification, exitCode, result } = await verified(
      { failAfterStoring: (rows) => rows.some(isCorrection) },
      campaign,
    );
    expect(result.tally.pushesGivenUp).toBeGreaterThan(0);
    expect(verification).toMatchObject({ acknowledged: 120, found: 120, wrong: 0 });
    expect(exitCode).toBe(0);
  });

  test('numbers that the key may see only in part', async () => {
    const masked = (row: Row) => ({
      ...row,
      callee: `${String(row.callee).slice(0, 3)}****${String(row.callee).slice(7)}`,
    });
    const { verification } = await verified({ answer: (rows) => rows.map(masked) });
    expect(verification).toMatchObject({ found: 120, wrong: 0 });
  });
});

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

describe('verification says', () => {
  test('that it has not checked a quarantine which the service does not have', async () => {
    const campaign = campaignOptions({ calls: 120, broken: 0.2 });
    const { verification, exitCode, result } = await verified({ quarantine: 'absent' }, campaign);
    expect(verification.quarantine.found).toBeNull();
    expect(summaryText(result)).toContain('not checked');
    expect(exitCode).toBe(0);
  });

  test('that it is not possible with a wrong key', async () => {
    const ledger = await FakeLedger.listening();
    const options = simulatorOptions(ledger.url, CAMPAIGN, { apiKey: 'another' });
    const result = await simulate(options, new SilentProgress(), new AbortController().signal);
    await ledger.close();
    expect(result.verification).toBeNull();
    expect(summaryText(result)).toMatch(/NOT POSSIBLE: .*401/);
    expect(exitCodeOf(result)).toBe(1);
  });
});
