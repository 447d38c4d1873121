import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { ZonedTime } from '../../src/time/zoned-time.js';

const local = (text: string) => Date.parse(`${text}Z`);

describe('A local time', () => {
  it('is the same instant as luxon finds, in any zone, cached or not', () => {
    const zones = [
      'Asia/Shanghai',
      'UTC',
      'America/New_York',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
    ];
    const clocks = new Map(zones.map((zone) => [zone, new ZonedTime(zone)]));
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(1890, 0), max: Date.UTC(2100, 0) }),
        (zone, ms) => {
          const instant = clocks.get(zone)?.toInstant(ms);
          if (instant === undefined || instant.note !== undefined) return;
          const { year, month, day, hour, minute, second, millisecond } = DateTime.fromMillis(ms, {
            zone: 'utc',
          });
          const expected = DateTime.fromObject(
            { year, month, day, hour, minute, second, millisecond },
            { zone },
          );
          expect([zone, ms, instant.epochMs]).toEqual([zone, ms, expected.toMillis()]);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('that the clocks skipped has no instant', () => {
    const newYork = new ZonedTime('America/New_York');
    expect(newYork.toInstant(local('2025-03-09T02:30:00'))).toBeUndefined();
    expect(newYork.toInstant(local('2025-03-09T01:59:59'))?.epochMs).toBe(local('2025-03-09T06:59:59'));
    expect(newYork.toInstant(local('2025-03-09T03:00:00'))?.epochMs).toBe(local('2025-03-09T07:00:00'));
  });

  it('that the clocks showed twice is the earlier instant, with a note', () => {
    const instant = new ZonedTime('America/New_York').toInstant(local('2025-11-02T01:30:00'));
    expect(instant?.epochMs).toBe(local('2025-11-02T05:30:00'));
    expect(instant?.note).toContain('twice');
  });
});
