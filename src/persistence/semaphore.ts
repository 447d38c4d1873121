/** Lets a bounded number of works go on at once; the others wait their turn. */
export class Turnstile {
  private readonly queue: (() => void)[] = [];

  /** @param free works that may go on at once */
  constructor(private free: number) {}

  /** Works that wait for their turn. */
  get waiting(): number {
    return this.queue.length;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((turn) => this.queue.push(turn));
    try {
      return await work();
    } finally {
      const next = this.queue.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
