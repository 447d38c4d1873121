import { afterEach, describe, expect, it } from 'vitest';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Backoff } from '../../src/background/backoff.js';
import { BackgroundLoop, type LoopOptions } from '../../src/background/background-loop.js';
import { until } from '../support/service.js';

const HOUR_MS = 3_600_000;
let loop: BackgroundLoop;
afterEach(() => {
  loop.stop();
});

function start(round: () => Promise<number>, options: Partial<LoopOptions> = {}): void {
  loop = new BackgroundLoop({
    round,
    backoff: { firstMs: 1, longestMs: 4 },
    onFailure: () => undefined,
    ...options,
  });
  loop.start();
}

describe('A background loop', () => {
  it('works round after round, and no round begins after it was stopped', async () => {
    let rounds = 0;
    start(() => Promise.resolve((rounds += 1) * 0));
    await until('some rounds', () => rounds > 3);
    loop.stop();
    await loop.ended();
    const done = rounds;
    await nextTurn();
    expect([rounds, loop.isStopping]).toEqual([done, true]);
  });

  it('ends its pause when it is woken, also when that was during the round', async () => {
    let rounds = 0;
    start(() => {
      rounds += 1;
      if (rounds === 1) loop.wake();
      return Promise.resolve(HOUR_MS);
    });
    await until('the round after the one in which it was woken', () => rounds === 2);
    loop.wake();
    await until('the round after its pause was ended', () => rounds === 3);
  });

  it('ends its pause when it is stopped, and waits for the round that is under way', async () => {
    const order: string[] = [];
    let finish: (() => void) | undefined;
    start(async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      order.push('round');
      return HOUR_MS;
    });
    await until('the round', () => finish !== undefined);
    loop.stop();
    const ended = loop.ended().then(() => order.push('ended'));
    finish?.();
    await ended;
    expect(order).toEqual(['round', 'ended']);
  });

  it('tells of each failure with the pause, which grows, and begins anew after a success', async () => {
    const pauses: number[] = [];
    let rounds = 0;
    start(
      () => {
        rounds += 1;
        return rounds === 5 ? Promise.resolve(0) : Promise.reject(new Error('not now'));
      },
      { onFailure: (_error, pauseMs) => pauses.push(pauseMs) },
    );
    await until('some failures', () => pauses.length > 5);
    expect(pauses.slice(0, 6)).toEqual([1, 2, 4, 4, 1, 2]);
  });
});

it('Pauses with jitter are half to one and a half as long', () => {
  const backoff = new Backoff({ firstMs: 100, longestMs: 100, jitter: true });
  const pauses = Array.from({ length: 1000 }, () => backoff.failed());
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(50);
  expect(Math.max(...pauses)).toBeLessThan(150);
  expect(new Set(pauses).size).toBeGreaterThan(900);
});
