// The promise that statistics are exact: whatever is asked, the answer equals a GROUP BY over the calls themselves, in
// which PostgreSQL's own calendar tells the buckets apart.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataOf, type Json, pushed, pushFromOther, string } from '../../contract/helpers.js';
import { IS_LONG, partOf } from '../../support/form.js';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { rollupDifferences } from '../../support/rollups.js';
import { below, pathOf, type Question, someCall, someQuestion } from './questions.js';
import { expectedRows, namesOf } from './reference.js';

const CALLS = 2000;
const CORRECTED = 700;
const QUESTIONS = 400;
/** `npm test` asks every fourth question, others at the next run; TEST_FORM=long asks all. */
const PARTS = 4;

const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());

/** That each row's times are its whole bucket's, or the range's where that cuts it. @returns the buckets' names */
async function checkedBuckets(
  ledger: TestLedger,
  question: Question,
  rows: readonly Json[],
): Promise<string[]> {
  const { interval, from, to } = question;
  const names = await namesOf(ledger, question, rows);
  const wrong = names.filter((edge, index) => {
    const { start, end } = rows[index] ?? {};
    if (interval === 'none') return start !== iso(from) || end !== iso(to);
    const isCut = { start: start === iso(from), end: end === iso(to) };
    return (
      string(start) >= string(end) ||
      (from !== undefined && string(start) < string(iso(from))) ||
      (to !== undefined && string(end) > string(iso(to))) ||
      edge.before_end !== edge.at_start ||
      (edge.before_start === edge.at_start && !isCut.start) ||
      (edge.at_end === edge.at_start && !isCut.end)
    );
  });
  expect(wrong).toEqual([]);
  return names.map(({ at_start }) => at_start);
}

const rounded = (row: Json): Json =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'number' ? Number(value.toPrecision(12)) : value,
    ]),
  );

describe('The statistics', () => {
  let ledger: TestLedger;

  beforeAll(async () => {
    ledger = await startLedger();
    const calls = Array.from({ length: CALLS }, (_, n) => someCall(`call-${n}`));
    await pushed(ledger, calls.slice(0, CALLS / 2));
    expect((await pushFromOther(ledger, calls.slice(CALLS / 2))).status).toBe(200);
    // Corrections move calls to other times, tasks, codes and sources.
    const corrections = Array.from({ length: CORRECTED }, () => someCall(`call-${below(CALLS)}`));
    // At once, so that several lanes of the rollups are written.
    const parts = Array.from({ length: 10 }, (_, n) =>
      corrections.filter((_call, index) => index % 10 === n),
    );
    await Promise.all(parts.map((part) => pushed(ledger, part)));
  });
  afterAll(() => ledger.stop());

  it('have something to go wrong with', async () => {
    expect(await rollupDifferences(ledger.database)).toEqual([]);
    const [counts] = await ledger.database.query<{ emptied: number; lanes: number; revisions: number }>(
      `SELECT (SELECT count(*)::int FROM call_rollups WHERE calls = 0) AS emptied,
         (SELECT count(DISTINCT lane)::int FROM call_rollups) AS lanes,
         (SELECT count(*)::int FROM call_revisions) AS revisions`,
    );
    // How many depends on which corrections were written together with what they correct.
    expect(counts?.emptied).toBeGreaterThan(20);
    expect(counts?.lanes).toBeGreaterThan(1);
    expect(counts?.revisions).toBeGreaterThan(300);
  });

  it(`equal a GROUP BY over the calls, for ${QUESTIONS} questions, or a part of them`, async () => {
    const questions = partOf(Array.from({ length: QUESTIONS }, someQuestion), PARTS);
    let rowsSeen = 0;
    for (const question of questions) {
      const path = pathOf(question, false);
      const rows = dataOf(await ledger.get(path));
      const buckets = await checkedBuckets(ledger, question, rows);
      // Labels are tested in test/query/labels.test.ts.
      const answered = rows.map(
        ({ start: _start, end: _end, taskName: _task, batchName: _batch, ...sums }, index) =>
          rounded({ bucket: buckets[index], ...sums }),
      );
      const expected = (await expectedRows(ledger, question)).map(rounded);
      const sorted = (all: Json[]) =>
        [...all].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
      expect({ path, rows: sorted(answered) }).toEqual({ path, rows: sorted(expected) });
      rowsSeen += rows.length;
    }
    expect(rowsSeen).toBeGreaterThan(questions.length * 10);
  }, 240_000);

  it('are sorted by start, then by the fields in the order asked for, null first', async () => {
    for (const question of partOf(Array.from({ length: 60 }, someQuestion), PARTS)) {
      const rows = dataOf(await ledger.get(pathOf(question, false)));
      const keys = rows.map((row) =>
        ['start' as const, ...question.groupBy]
          .map((key) => (row[key] === null ? '' : string(row[key])))
          .join('\0'),
      );
      expect(keys).toEqual([...keys].sort());
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('filled up are the same, and zeros for every other bucket of every group', async () => {
    let zeros = 0;
    for (const asked of partOf(Array.from({ length: 80 }, someQuestion), PARTS)) {
      const isLong = asked.from === undefined || asked.to === undefined;
      const question = { ...asked, groupBy: isLong ? [] : asked.groupBy.slice(0, 1) };
      const rows = dataOf(await ledger.get(pathOf(question, false)));
      const filled = dataOf(await ledger.get(pathOf(question, true)));
      expect(filled.filter(({ calls }) => calls !== 0)).toEqual(rows);
      const empty = filled.filter(({ calls }) => calls === 0);
      const kinds = empty.map(
        ({ answered, answerRate, totalDuration, averageDuration, averageAnswerDelay }) =>
          JSON.stringify([answered, answerRate, totalDuration, averageDuration, averageAnswerDelay]),
      );
      expect(new Set([...kinds, '[0,null,0,null,null]']).size).toBe(1);
      zeros += empty.length;
      const groupOf = (row: Json) => JSON.stringify(question.groupBy.map((field) => row[field]));
      const groups = [...new Set(rows.map(groupOf))];
      if (question.groupBy.length === 0) groups.splice(0, 1, '[]');
      for (const group of groups) {
        const own = filled.filter((row) => groupOf(row) === group);
        if (own.length === 0) continue;
        await checkedBuckets(ledger, question, own);
        expect(own.slice(1).map(({ start }) => start)).toEqual(own.slice(0, -1).map(({ end }) => end));
        if (question.from !== undefined) expect(own[0]?.['start']).toBe(iso(question.from));
        if (question.to !== undefined) expect(own.at(-1)?.['end']).toBe(iso(question.to));
      }
      expect(filled.length % Math.max(1, groups.length)).toBe(0);
    }
    expect(zeros).toBeGreaterThan(IS_LONG ? 1000 : 100);
  });
});
