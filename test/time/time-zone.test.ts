import { describe, expect, it } from 'vitest';
import { isTimeZone, timeZoneOf } from '../../src/time/time-zone.js';

describe('The name of a time zone', () => {
  it('is taken for every zone that the runtime lists', () => {
    expect(Intl.supportedValuesOf('timeZone').filter((zone) => !isTimeZone(zone))).toEqual([]);
  });

  it.each([
    'UTC',
    'Etc/UTC',
    'Etc/GMT+5',
    // Links: former names of zones, each with one meaning.
    'Asia/Calcutta',
    'Asia/Kolkata',
    'Asia/Chongqing',
    'America/Buenos_Aires',
    'America/Argentina/ComodRivadavia',
    'US/Eastern',
  ])('is taken: %s', (zone) => {
    expect(isTimeZone(zone)).toBe(true);
    expect(timeZoneOf(zone).isValid).toBe(true);
  });

  it.each([
    // Chicago, Dhaka, Panama: not what most who write them mean.
    'CST',
    'BST',
    'EST',
    'IST',
    'EST5EDT',
    'CST6CDT',
    'SystemV/EST5EDT',
    'GMT',
    'GMT+0',
    'PRC',
    'Japan',
    'cst',
    '+08:00',
    'UTC+8',
    'local',
    'system',
    'Mars/Olympus',
    'Asia',
    'Asia/',
    'Asia/Shanghai ',
    '',
    undefined,
    8,
  ])('is refused: %j', (zone) => {
    expect(isTimeZone(zone)).toBe(false);
    expect(() => timeZoneOf(String(zone))).toThrow(/Area\/Location/);
  });
});

describe('The spelling of a time zone', () => {
  it('is none of memory: zones that differ in upper and lower case alone are one', () => {
    const zone = timeZoneOf('America/Argentina/Buenos_Aires');
    const name = 'argentina/buenos_aires';
    for (let spelling = 0; spelling < 4096; spelling += 1) {
      const written = [...name].map((letter, at) => ((spelling >> at) & 1 ? letter.toUpperCase() : letter));
      expect(timeZoneOf(`America/${written.join('')}`)).toBe(zone);
    }
  });

  it('of a former name is the zone of today', () => {
    const [former, today] = [timeZoneOf('Asia/Chongqing'), timeZoneOf('Asia/Shanghai')];
    for (const year of [1920, 1943, 1988, 2025]) {
      const instant = Date.UTC(year, 6, 1);
      expect(former.offset(instant)).toBe(today.offset(instant));
    }
  });
});
