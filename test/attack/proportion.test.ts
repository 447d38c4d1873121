// Reading takes processor time in proportion to the bytes, whatever they are. What else the machine does changes
// little of it.
// `npm test` tries each kind of body in one place, another one at the next run; TEST_FORM=long tries all places.
import { describe, expect, it } from 'vitest';
import { UnreadableBodyError } from '../../src/ingestion/reading/body-reader.js';
import { validateBody } from '../../src/ingestion/reading/body-validator.js';
import { NumberSearch } from '../../src/numbers/number-search.js';
import { RecordReader } from '../../src/ingestion/reading/record-reader.js';
import { recordsOfBody } from '../../src/ingestion/reading/records-of-body.js';
import { ZonedTime } from '../../src/time/zoned-time.js';
import { FILLS, placed } from './generated.js';
import { Dice } from '../fuzz/dice.js';
import { partOf } from '../support/form.js';

const SMALL_BYTES = 256 * 1024;
const TIMES_AS_MANY = 8;
/** A square would take 64 times as long. Deep nesting costs the garbage collector 28 times as much. */
const TIMES_AS_LONG = 40;
/** Below, the clock tells more of itself than of the work. */
const LEAST_MS = 10;
const TRIES = 2;
/** A busy machine makes some measurements dearer. Work that grows as a square is out of proportion in each of them. */
const MEASUREMENTS = 5;
/** Within a field, instead of a callId, and broken at the end. */
const PLACES = [0, 4, 7];

const reader = new RecordReader(new ZonedTime('Asia/Shanghai'));
const works = {
  read: (body: Buffer) => recordsOfBody(body, reader),
  check: (body: Buffer) => {
    validateBody(body);
  },
};

/** Milliseconds of processor time: the least of some tries. */
function costOf(work: (body: Buffer) => unknown, body: Buffer): number {
  const costs = Array.from({ length: TRIES }, () => {
    const begin = process.cpuUsage();
    try {
      work(body);
    } catch (error) {
      if (!(error instanceof UnreadableBodyError)) throw error;
    }
    return process.cpuUsage(begin).user / 1000;
  });
  return Math.max(LEAST_MS, Math.min(...costs));
}

/** Holds the cost of a small body against that of a large one. */
function expectProportion(work: (body: Buffer) => unknown, small: Buffer, large: Buffer): void {
  const measured: { small: number; large: number }[] = [];
  while (measured.length < MEASUREMENTS) {
    const costs = { small: costOf(work, small), large: costOf(work, large) };
    if (costs.large / costs.small < TIMES_AS_LONG) return;
    measured.push(costs);
  }
  throw new Error(`out of proportion: ${JSON.stringify(measured)}`);
}

describe.each(Object.entries(works))('To %s a body of', (_name, work) => {
  it.each([...Object.keys(FILLS).entries()])('%d: %s', (turn, kind) => {
    for (const place of partOf(PLACES, PLACES.length, turn)) {
      const bodyOf = (bytes: number) =>
        Buffer.from(placed[place]?.(FILLS[kind]?.(new Dice(place, 0), bytes) ?? '', 'a') ?? '');
      expect(() => {
        expectProportion(work, bodyOf(SMALL_BYTES), bodyOf(SMALL_BYTES * TIMES_AS_MANY));
      }).not.toThrow();
    }
  });
});

it('To erase a number takes time in proportion to the places where one string has it', () => {
  const search = new NumberSearch('13900000000');
  const erase = (body: Buffer) => search.erasedFromBody(body.toString());
  const textOf = (places: number) => Buffer.from(`no JSON, but "${'13900000000 x '.repeat(places)}"`);
  expect(() => {
    expectProportion(erase, textOf(40_000), textOf(40_000 * TIMES_AS_MANY));
  }).not.toThrow();
});
