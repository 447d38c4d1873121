/** Lets a bounded number of works go on at once; the others wait their turn. */
export class Turnstile {
  private readonly waiting: (() => void)[] = [];

  /** @param free works that may go on at once */
  constructor(private free: number) {}

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((turn) => this.waiting.push(turn));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
