// Following the feed of changes: a service and a time of the test's own, so that minutes pass at once.
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../console/api/answer.js';
import { type Feed, follow, followBlindly, pause, whileInSight } from '../../console/api/following.js';
import { Pace } from '../../console/api/pace.js';

const END = new DOMException('the test has seen enough', 'AbortError');
const MINUTE = 60_000;

/** A ledger whose changes come at given times, and a view whose answers take as long as they are said to. */
class Watched {
  at = 0;
  /** When the view was asked anew, and up to which change that shows. */
  readonly refreshes: number[] = [];
  readonly asked: [at: number, after: string, waitS: number][] = [];
  takes = 20;
  problem: Problem['status'] | undefined;
  /** Places up to this time are refused. */
  restoredAt = -1;
  answersAtOnce = false;
  private readonly ends: (readonly [at: number, end: () => void])[] = [];
  private readonly pace = new Pace(() => this.at);

  constructor(
    private readonly changes: readonly number[],
    private readonly until: number,
  ) {}

  readonly feed: Feed = {
    now: () => this.at,
    pace: this.pace,
    changed: () => {
      this.refreshes.push(this.at);
      this.ends.push([this.at + this.takes, this.pace.begins()]);
    },
    pause: (ms) => this.pass(ms),
    ask: async (after, waitS) => {
      this.asked.push([this.at, after, waitS]);
      if (this.problem !== undefined) return this.refused(this.problem);
      if (after === 'now') {
        const place = String(this.at);
        await this.pass(5);
        return { data: { nextCursor: place, upToDate: true } };
      }
      if (Number(after) <= this.restoredAt) return this.refused(400);
      const next = this.changes.find((change) => change > Number(after)) ?? Infinity;
      const wait = this.answersAtOnce ? 1 : waitS * 1000;
      await this.pass(Math.max(1, Math.min(next - this.at, wait)));
      return { data: { nextCursor: after, upToDate: next > this.at } };
    },
  };

  async run(how: (feed: Feed) => Promise<never> = follow): Promise<this> {
    await expect(how(this.feed)).rejects.toBe(END);
    return this;
  }

  private async refused(status: number) {
    await this.pass(1);
    return { problem: { status, detail: '', errors: [], requestId: undefined } };
  }

  /** As long as it lasts, questions of the view end when their time has come. */
  private async pass(ms: number): Promise<void> {
    expect(ms).toBeGreaterThanOrEqual(0);
    const end = this.at + ms;
    for (const [at, ended] of this.ends)
      if (at <= end) {
        this.at = Math.max(this.at, at);
        ended();
      }
    this.at = end;
    await Promise.resolve();
    if (this.at > this.until) throw END;
  }
}

const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));

describe('Who follows the feed', () => {
  it('is told at the beginning, of a change soon, and of every minute', async () => {
    const { refreshes } = await new Watched([10_000], 3 * MINUTE).run();
    expect(refreshes).toEqual([5, 10_005, 70_010, 130_015]);
  });

  it('is told of the last change of a burst, whenever in it that comes', async () => {
    for (let last = 5000; last < 10_000; last += 97) {
      const { refreshes } = await new Watched([5000, last], MINUTE).run();
      const shown = refreshes.find((at) => at >= last) ?? Infinity;
      // A pause at most.
      expect([last, shown - last < 3100]).toEqual([last, true]);
    }
  });

  it('takes the place before the view is asked, so that what comes in between is not missed', async () => {
    const watched = await new Watched([2], MINUTE).run();
    expect(watched.asked.slice(0, 2)).toEqual([
      [0, 'now', 0],
      [3005, '0', 30],
    ]);
    expect(watched.refreshes.slice(0, 2)).toEqual([5, 3011]);
  });

  it('pauses between changes for 3 s, and five times as long as the answers take', async () => {
    const always = Array.from({ length: 2400 }, (_, index) => index * 500);
    const fast = await new Watched(always, 5 * MINUTE).run();
    expect(Math.min(...gaps(fast.refreshes))).toBeGreaterThanOrEqual(3000);
    expect(Math.max(...gaps(fast.refreshes))).toBeLessThan(4000);
    const slow = new Watched(always, 5 * MINUTE);
    slow.takes = 4500;
    await slow.run();
    expect(Math.min(...gaps(slow.refreshes))).toBeGreaterThanOrEqual(22_500);
    expect(Math.max(...gaps(slow.refreshes))).toBeLessThan(24_000);
  });

  it('has a ledger that takes longer than a minute rest, too', async () => {
    const slow = new Watched([], 30 * MINUTE);
    slow.takes = 50_000;
    const { refreshes } = await slow.run();
    expect(refreshes.length).toBeGreaterThan(5);
    expect(Math.min(...gaps(refreshes))).toBeGreaterThanOrEqual(250_000);
  });

  it('begins anew where a place is refused', async () => {
    const watched = new Watched([40_000], 2 * MINUTE);
    watched.restoredAt = 0;
    const { asked, refreshes } = await watched.run();
    expect(asked.slice(0, 3).map(([, after]) => after)).toEqual(['now', '0', 'now']);
    expect(asked.filter(([, after]) => after === '0')).toHaveLength(1);
    expect(refreshes).toContainEqual(expect.closeTo(40_006, -2));
  });

  it('asks once a second at most, whatever the service does', async () => {
    const hasty = new Watched([], 5 * MINUTE);
    hasty.answersAtOnce = true;
    await hasty.run();
    expect(Math.min(...gaps(hasty.asked.map(([at]) => at)))).toBeGreaterThanOrEqual(1000);
    for (const status of [0, 400, 429, 503]) {
      const broken = new Watched([], 5 * MINUTE);
      broken.problem = status;
      const { asked, refreshes } = await broken.run();
      expect(Math.min(...gaps(asked.map(([at]) => at)))).toBeGreaterThanOrEqual(10_000);
      expect(refreshes.length).toBeGreaterThan(10);
    }
  });

  it('without the feed is told twice a minute', async () => {
    const { refreshes } = await new Watched([], 2 * MINUTE).run(followBlindly);
    expect(refreshes).toEqual([0, 30_000, 60_000, 90_000, 120_000]);
  });
});

describe('A page', () => {
  class Sight extends EventTarget {
    visibilityState = 'hidden';
    turn(state: string): void {
      this.visibilityState = state;
      this.dispatchEvent(new Event('visibilitychange'));
    }
  }

  it('follows while it is in sight, begins at once when it comes back, and ends for good', () => {
    const sight = new Sight();
    const runs: AbortSignal[] = [];
    const end = whileInSight(sight, (signal) => runs.push(signal));
    const living = () => runs.map(({ aborted }) => !aborted);
    expect(living()).toEqual([]);
    sight.turn('visible');
    sight.turn('visible');
    expect(living()).toEqual([true]);
    sight.turn('hidden');
    expect(living()).toEqual([false]);
    sight.turn('visible');
    expect(living()).toEqual([false, true]);
    end();
    sight.turn('hidden');
    sight.turn('visible');
    expect(living()).toEqual([false, false]);
  });

  it('that is gone waits for nothing', async () => {
    const gone = new AbortController();
    const waiting = pause(MINUTE, gone.signal);
    gone.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect(pause(MINUTE, gone.signal)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(pause(0, new AbortController().signal)).resolves.toBeUndefined();
  });
});
