// Memory is divided so that the process stays within the limit that it has.
import { describe, expect, it } from 'vitest';
import { MemoryPlan } from '../../src/config/memory-plan.js';

describe('The plan of memory', () => {
  it('gives threads and bodies all that they would take, where there is enough', () => {
    for (const limitMb of [2560, 4096, 24_000, Infinity])
      expect(MemoryPlan.within(limitMb, 512)).toEqual(MemoryPlan.FULL);
  });

  it('divides what is left of 1 GiB, and of 1.5 GiB', () => {
    expect(MemoryPlan.within(1024, 281)).toMatchObject({ threadMb: 83, bodiesMb: 83, fits: true });
    expect(MemoryPlan.within(1536, 409)).toMatchObject({ threadMb: 138, bodiesMb: 138, fits: true });
  });

  it('never takes more than the limit, unless it says so', () => {
    for (let limitMb = 256; limitMb <= 3072; limitMb += 64) {
      const heapMb = limitMb / 4 + 25;
      const { threadMb, bodiesMb, fits } = MemoryPlan.within(limitMb, heapMb);
      if (fits) expect(heapMb + 2 * threadMb + 5 * bodiesMb).toBeLessThan(limitMb);
      else expect([threadMb, bodiesMb]).toEqual([64, 64]);
    }
    expect(MemoryPlan.within(512, 512).fits).toBe(false);
  });

  it('of a process without a limit is that of the machine', () => {
    expect(MemoryPlan.ofProcess().threadMb).toBeGreaterThanOrEqual(64);
  });
});
