interface Share {
  readonly waiting: (() => void)[];
  underWay: number;
  /** The number of its last turn. */
  lastTurn: number;
}

/**
 * Limits how much work runs at once, in all and for each share (for example, a source of pushes). A share does not wait
 * behind all work of another share.
 */
export class FairQueue {
  private readonly shares = new Map<string, Share>();
  private underWay = 0;
  private turns = 0;

  /**
   * @param most how many tasks may run at once
   * @param mostOfOne how many tasks of one share may run at once
   */
  constructor(
    private readonly most: number,
    private readonly mostOfOne: number,
  ) {}

  /**
   * Runs the work when it is the turn of its share.
   *
   * @param name of the share
   */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const share = this.shares.get(name) ?? { waiting: [], underWay: 0, lastTurn: 0 };
    this.shares.set(name, share);
    await new Promise<void>((begin) => {
      share.waiting.push(begin);
      this.beginNext();
    });
    try {
      return await work();
    } finally {
      this.underWay -= 1;
      share.underWay -= 1;
      if (share.underWay === 0 && share.waiting.length === 0) this.shares.delete(name);
      this.beginNext();
    }
  }

  /** Starts the next task. It is one of the share whose last turn was the longest ago. */
  private beginNext(): void {
    if (this.underWay >= this.most) return;
    const [next] = [...this.shares.values()]
      .filter(({ waiting, underWay }) => waiting.length > 0 && underWay < this.mostOfOne)
      .sort((a, b) => a.lastTurn - b.lastTurn);
    if (next === undefined) return;
    this.turns += 1;
    next.lastTurn = this.turns;
    this.underWay += 1;
    next.underWay += 1;
    next.waiting.shift()?.();
  }
}
