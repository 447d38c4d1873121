// What the console computes by itself: effects on the answer rate, the calendar's periods, files, indented JSON.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { reasonInChinese } from '../../console/i18n/reasons-zh.js';
import { indented } from '../../console/text/indented.js';
import { PERIODS, periodOf } from '../../console/time/periods.js';
import { before, rangeOf, untilNow } from '../../console/time/range.js';
import { csvOf } from '../../console/text/csv.js';
import { type Group, rateChanges, shareChanges } from '../../console/views/overview/changes.js';

const group = fc
  .tuple(fc.nat({ max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([calls, rate]): Group => ({ calls, answered: Math.floor(calls * rate) }));
const groups = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', null), group), { minLength: 1 })
  .map((entries) => new Map(entries));

function rateOf(all: ReadonlyMap<unknown, Group>): number {
  const sum = (of: (one: Group) => number) => [...all.values()].reduce((total, one) => total + of(one), 0);
  return sum(({ answered }) => answered) / sum(({ calls }) => calls);
}

describe('What changed most', () => {
  it('adds up to the difference of the answer rate, the greatest effect first', () => {
    fc.assert(
      fc.property(groups, groups, (now, then) => {
        const changes = rateChanges(now, then);
        if (changes.length === 0) return;
        const sum = changes.reduce((total, { effect }) => total + effect, 0);
        expect(sum).toBeCloseTo(rateOf(now) - rateOf(then), 9);
        const sizes = changes.map(({ effect }) => Math.abs(effect));
        expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      }),
    );
  });

  it('tells a campaign that has more calls, though its own rate is as before', () => {
    const good = { calls: 100, answered: 80 };
    const then = new Map([
      ['good', good],
      ['poor', { calls: 100, answered: 20 }],
    ]);
    const now = new Map([
      ['good', good],
      ['poor', { calls: 300, answered: 60 }],
    ]);
    const [first] = rateChanges(now, then);
    expect([first?.value, first?.before, first?.after]).toEqual(['poor', 0.2, 0.2]);
    expect(first?.effect).toBeCloseTo(-0.075);
  });

  it('is of shares where the field says what became of the calls, and nothing without calls', () => {
    const then = new Map([
      ['BUSY', { calls: 10, answered: 0 }],
      ['ANSWERED', { calls: 90, answered: 90 }],
    ]);
    const now = new Map([
      ['BUSY', { calls: 30, answered: 0 }],
      ['ANSWERED', { calls: 70, answered: 70 }],
    ]);
    expect(shareChanges(now, then).map(({ value, effect }) => [value, effect.toFixed(2)])).toEqual([
      ['BUSY', '0.20'],
      ['ANSWERED', '-0.20'],
    ]);
    expect(rateChanges(now, new Map())).toEqual([]);
  });
});

describe('A period of the calendar', () => {
  const zones = fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'Asia/Kathmandu', 'UTC');
  const moments = fc.date({ min: new Date('2024-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });

  it("begins and ends at midnights of the zone, as Luxon's calendar has them", () => {
    fc.assert(
      fc.property(zones, moments, (zone, moment) => {
        const now = DateTime.fromJSDate(moment, { zone });
        const today = now.startOf('day');
        const week = now.startOf('week');
        const wanted = {
          today: [today, undefined],
          yesterday: [today.minus({ days: 1 }), today],
          thisWeek: [week, undefined],
          lastWeek: [week.minus({ weeks: 1 }), week],
          thisMonth: [now.startOf('month'), undefined],
        };
        for (const period of PERIODS) {
          const { from, to } = periodOf(period, moment.getTime(), zone);
          expect([period, from, to]).toEqual([period, ...wanted[period].map((at) => at?.toMillis())]);
        }
      }),
    );
  });

  it('is compared with the one before, up to the same time', () => {
    const now = Date.parse('2026-11-25T10:00:00+08:00');
    const compared = (span: string) => {
      const { range } = rangeOf({ span }, now, '24h', 'Asia/Shanghai');
      if (range === undefined) throw new Error(span);
      const then = before(untilNow(range, now), 'Asia/Shanghai');
      return [then.from, then.to].map((at) =>
        DateTime.fromMillis(at, { zone: 'Asia/Shanghai' }).toFormat('MM-dd HH:mm'),
      );
    };
    expect(compared('today')).toEqual(['11-24 00:00', '11-24 10:00']);
    expect(compared('yesterday')).toEqual(['11-23 00:00', '11-24 00:00']);
    expect(compared('thisWeek')).toEqual(['11-16 00:00', '11-18 10:00']);
    expect(compared('lastWeek')).toEqual(['11-09 00:00', '11-16 00:00']);
    expect(compared('thisMonth')).toEqual(['10-01 00:00', '10-25 10:00']);
  });
});

describe('A file of the console', () => {
  it('holds no formula, and all digits of long ids', () => {
    const lines = csvOf([
      ['=1+1', '118183022732400000', 'a,"b"', 1.5, null],
      ['-5', '@x', '', 0, -2],
    ]);
    expect(lines).toBe('\uFEFF\'=1+1,"\t118183022732400000","a,""b""",1.5,\r\n\'-5,\'@x,,0,-2\r\n');
  });
});

describe('Indented JSON', () => {
  it('is the same JSON, with every digit', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(indented(text))).toEqual(JSON.parse(text));
        expect(indented(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
      }),
    );
    expect(indented('{"n":12345678901234567890.0,"s":"a{ , }:"}')).toBe(
      '{\n  "n": 12345678901234567890.0,\n  "s": "a{ , }:"\n}',
    );
    expect(indented('no JSON')).toBe('no JSON');
  });
});

describe('Reasons in Chinese', () => {
  it('are those of the API, and others stay as they are', () => {
    for (const [reason, text] of [
      ['The callId is missing', '缺少 callId'],
      ['The record is not an object', '记录不是对象'],
      ['The callId is longer than 255 bytes', 'callId 超过 255 字节'],
      ['The body is not JSON: unexpected character', '推送内容不是 JSON：unexpected character'],
      ['Something new', 'Something new'],
    ])
      expect(reasonInChinese(reason ?? '')).toBe(text);
  });
});
