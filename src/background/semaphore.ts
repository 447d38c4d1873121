/** Limits how many tasks run at once. The others wait, and run in the order in which they came. */
export class Semaphore {
  private readonly queue: (() => void)[] = [];

  /** @param free how many tasks may run at once */
  constructor(private free: number) {}

  /** How many tasks wait. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Runs a task as soon as fewer tasks run than may run at once. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((turn) => this.queue.push(turn));
    try {
      return await task();
    } finally {
      const next = this.queue.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
