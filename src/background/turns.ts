import { setImmediate as nextTurn } from 'node:timers/promises';

/** Parts long work, so that other work gets its turn of the event loop. */
export class Turns {
  private begin = performance.now();

  /** @param longestMs after so many ms, other work gets its turn */
  constructor(private readonly longestMs: number) {}

  /** To be called after each piece of the work. */
  async next(): Promise<void> {
    if (performance.now() - this.begin < this.longestMs) return;
    await nextTurn();
    this.begin = performance.now();
  }
}
