import { describe, expect, test } from 'vitest';
import { simulate } from '../../simulator/simulation.js';
import { exitCodeOf, summaryText } from '../../simulator/reporting/summary.js';
import { countFaults } from '../../simulator/verification/verification-result.js';
import { campaignOptions, simulatorOptions } from './example-options.js';
import { FakeLedger, type Row } from './fake-ledger.js';
import { SilentProgress } from './silent-progress.js';
import { CAMPAIGN, verified } from './verified-run.js';

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
    // The fake keeps them once more for each push that comes again.
    expect(verification.quarantine.entries).toBe(ledger.quarantine.length);
    expect(ledger.rows.size).toBe(600);
    expect(exitCode).toBe(0);
    const lists = ledger.questions.filter((question) => question.startsWith('/v1/calls'));
    expect(new Set(lists).size).toBe(lists.length);
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
    const { verification, exitCode, ledger } = await verified({ storeAfterQuestions: 5 }, campaign, {
      verifyTimeoutMs: 10_000,
    });
    const early = ledger.questions.slice(0, 5);
    expect(early.filter((question) => !question.startsWith('/v1/tasks/'))).toEqual([]);
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
