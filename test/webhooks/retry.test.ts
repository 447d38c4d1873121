import { describe, expect, it } from 'vitest';
import { pauseAfter } from '../../src/webhooks/sending/retry.js';

const NOW = Date.parse('2025-06-01T00:00:00Z');

describe('The pause after a failed request', () => {
  it('is 5 s at first, doubles up to an hour, and has jitter', () => {
    for (let failures = 1; failures < 100; failures += 1) {
      const least = Math.min(5000 * 2 ** (failures - 1), 3_600_000);
      const pauses = Array.from({ length: 20 }, () => pauseAfter(failures, undefined, NOW));
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(least);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(Math.min(least * 1.3, 3_600_000));
      if (least < 3_600_000) expect(new Set(pauses).size).toBeGreaterThan(1);
    }
  });

  it('is at least what the receiver asks for, as seconds or as a date, and at most a day', () => {
    expect(pauseAfter(1, '7200', NOW)).toBe(7_200_000);
    expect(pauseAfter(1, 'Sun, 01 Jun 2025 02:00:00 GMT', NOW)).toBe(7_200_000);
    expect(pauseAfter(1, '999999999', NOW)).toBe(86_400_000);
    for (const other of ['1', 'soon', '-5', '', 'Sun, 01 Jun 2025 00:00:00 GMT'])
      expect(pauseAfter(1, other, NOW)).toBeLessThan(7000);
  });
});
