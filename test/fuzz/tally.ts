// Bodies and answers in, the figures of the run out.
import type { FuzzBody } from './bodies.js';
import type { PushAnswer } from './pusher.js';

interface KindFigures {
  count: number;
  slowestMs: number;
  readonly statuses: Map<number, number>;
}

/** Counts what was pushed and how it was answered. */
export class Tally {
  peakMemoryMb = 0;
  private begin: number | undefined;
  private readonly kinds = new Map<string, KindFigures>();
  private slowestHealthMs = 0;

  add({ kind }: FuzzBody, { status, ms }: PushAnswer): void {
    this.begin ??= performance.now() - ms;
    const figures = this.kinds.get(kind) ?? { count: 0, slowestMs: 0, statuses: new Map<number, number>() };
    figures.count += 1;
    figures.slowestMs = Math.max(figures.slowestMs, ms);
    figures.statuses.set(status, (figures.statuses.get(status) ?? 0) + 1);
    this.kinds.set(kind, figures);
  }

  addHealth(ms: number): void {
    this.slowestHealthMs = Math.max(this.slowestHealthMs, ms);
  }

  report(): string {
    const lines = [...this.kinds]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, { count, slowestMs, statuses }]) => {
        const answers = [...statuses]
          .sort(([a], [b]) => a - b)
          .map(([status, times]) => `${status}: ${times}`);
        return `${kind.padEnd(32)}${String(count).padStart(7)}  slowest ${slowestMs.toFixed(0).padStart(6)} ms  ${answers.join(', ')}`;
      });
    const bodies = [...this.kinds.values()].reduce((sum, { count }) => sum + count, 0);
    const seconds = ((performance.now() - (this.begin ?? 0)) / 1000).toFixed(0);
    return [
      `${bodies} bodies in ${seconds} s, peak memory ${this.peakMemoryMb} MB, slowest health ${this.slowestHealthMs.toFixed(0)} ms`,
      ...lines,
    ].join('\n');
  }
}
