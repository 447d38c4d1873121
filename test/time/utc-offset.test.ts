import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { isInstantText, instantOf } from '../../src/http/parameters/instant-text.js';
import { readTime } from '../../src/ingestion/reading/field-readers.js';
import { offsetMinutes } from '../../src/time/civil-time.js';
import { ZonedTime } from '../../src/time/zoned-time.js';

const two = (number: number) => String(number).padStart(2, '0');
/** Offsets as they may be written, with what they are. */
const written = fc
  .record({
    sign: fc.constantFrom('+', '-'),
    hours: fc.integer({ min: 0, max: 99 }),
    minutes: fc.integer({ min: 0, max: 99 }),
    separator: fc.constantFrom(':', ''),
  })
  .map(({ sign, hours, minutes, separator }) => ({
    text: `${sign}${two(hours)}${separator}${two(minutes)}`,
    minutes: (sign === '-' ? -1 : 1) * (hours * 60 + minutes),
    isOne: minutes < 60 && hours * 60 + minutes <= 18 * 60,
  }));

describe('An offset from UTC', () => {
  it.each([
    ['Z', 0],
    ['+00:00', 0],
    ['+08', 480],
    ['+0800', 480],
    ['+08:00', 480],
    ['-03:30', -210],
    ['+18:00', 1080],
    ['-18:00', -1080],
  ])('%s is %d minutes', (text, minutes) => {
    expect(offsetMinutes(text) ?? NaN).toBeCloseTo(minutes);
  });

  it.each([
    '+08:60',
    '+08:99',
    '+18:01',
    '+19:00',
    '+25:00',
    '+99:00',
    '-99:99',
    '08:00',
    '+8',
    '+8:00',
    'z',
    '',
  ])('%j is none', (text) => {
    expect(offsetMinutes(text)).toBeUndefined();
  });

  it('is the same one, or none, in pushed records, in queries and in request bodies', () => {
    const zone = new ZonedTime('UTC');
    const local = '2025-06-01T10:00:00';
    fc.assert(
      fc.property(written, ({ text, minutes, isOne }) => {
        const instant = Date.parse(`${local}Z`) - minutes * 60_000;
        const pushed = readTime(local + text, zone);
        expect([text, pushed]).toEqual([text, isOne ? instant : expect.objectContaining({ value: null })]);
        expect([text, isInstantText(local + text)]).toEqual([text, isOne]);
        if (isOne) expect(instantOf(local + text, 'UTC')).toBe(instant);
      }),
      { numRuns: 2000 },
    );
  });
});
