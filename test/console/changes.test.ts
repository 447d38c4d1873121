// What the console computes by itself: the calendar's periods, files, indented JSON.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { reasonInChinese } from '../../console/i18n/reasons-zh.js';
import { csvOf } from '../../console/text/csv.js';
import { indented } from '../../console/text/indented.js';
import { PERIODS, periodOf } from '../../console/time/periods.js';
import { before, rangeOf, untilNow } from '../../console/time/range.js';

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
      ['The body is not JSON: unexpected character', '推送内容不是 JSON：有不符合语法的字符'],
      ['The body is not JSON: it ends too early', '推送内容不是 JSON：内容过早结束'],
      ['Something new', 'Something new'],
    ])
      expect(reasonInChinese(reason ?? '')).toBe(text);
  });
});
