import { describe, expect, test } from 'vitest';
import type { Push } from '../../simulator/pushing/push.js';
import { RetrySchedule } from '../../simulator/pushing/retry-schedule.js';

const MINUTE_MS = 60_000;

function push(number: number): Push {
  return { content: { kind: 'calls', number }, window: 0, again: false, heldBack: false };
}

describe('the retry schedule', () => {
  test.each([
    [1, 1],
    [2, 5],
    [3, 10],
    [4, 10],
  ])('after %d failures waits %d minutes', (attempts, minutes) => {
    const schedule = new RetrySchedule(4, 1);
    const trial = { push: push(0), attempts };
    expect(schedule.add(trial, 5000)).toBe(true);
    expect(schedule.nextDueMs).toBe(5000 + minutes * MINUTE_MS);
    expect(schedule.takeDue(5000 + minutes * MINUTE_MS - 1)).toBeUndefined();
    expect(schedule.takeDue(5000 + minutes * MINUTE_MS)).toEqual(trial);
    expect(schedule.size).toBe(0);
  });

  test('refuses a push that has used its retries', () => {
    const schedule = new RetrySchedule(3, 1);
    expect(schedule.add({ push: push(0), attempts: 3 }, 0)).toBe(true);
    expect(schedule.add({ push: push(1), attempts: 4 }, 0)).toBe(false);
    expect(schedule.size).toBe(1);
  });

  test('shortens the waits by the scale', () => {
    const schedule = new RetrySchedule(3, 0.01);
    schedule.add({ push: push(0), attempts: 2 }, 0);
    expect(schedule.nextDueMs).toBe(3000);
  });

  test('hands out what is due first, whichever retry it is', () => {
    const schedule = new RetrySchedule(3, 1);
    schedule.add({ push: push(0), attempts: 2 }, 0);
    schedule.add({ push: push(1), attempts: 1 }, 3 * MINUTE_MS);
    schedule.add({ push: push(2), attempts: 1 }, 4.5 * MINUTE_MS);
    const taken = [4, 5, 5.5].map((minute) => schedule.takeDue(minute * MINUTE_MS)?.push.content);
    expect(taken).toEqual([1, 0, 2].map((number) => ({ kind: 'calls', number })));
    expect(schedule.nextDueMs).toBeUndefined();
  });
});
