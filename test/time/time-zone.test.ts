import { describe, expect, it } from '@jest/globals';
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
