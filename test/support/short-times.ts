// Makes shorter what a test would have to wait for, in the service that runs in the test's own process.
import { vi } from 'vitest';
import { Backoff } from '../../src/background/backoff.js';
import { BackgroundPacer } from '../../src/privacy/background-pacer.js';

/**
 * What has failed is tried again after so many milliseconds, until mocks are restored. How pauses grow is tested in
 * `test/background`.
 */
export function shortenPauses(ms = 50): void {
  vi.spyOn(Backoff.prototype, 'failed').mockReturnValue(ms);
}

/** Erasures do not rest between their steps, until mocks are restored. */
export function skipRests(): void {
  vi.spyOn(BackgroundPacer.prototype, 'after').mockReturnValue(1);
}

/**
 * A limit of time is another one.
 *
 * @returns what ends that
 */
export function shortenLimit(ms: number, toMs: number): () => void {
  const { setTimeout: original } = globalThis;
  globalThis.setTimeout = new Proxy(original, {
    apply: (_target, self, [callback, after, ...values]: unknown[]): unknown =>
      Reflect.apply(original, self, [callback, after === ms ? toMs : after, ...values]),
  });
  return () => {
    globalThis.setTimeout = original;
  };
}
