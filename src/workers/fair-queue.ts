// Work of several shares in, so much of it under way at once out, and no share waiting behind all that another wants done.

interface Share {
  readonly waiting: (() => void)[];
  underWay: number;
  /** The number of its last turn. */
  lastTurn: number;
}

export class FairQueue {
  private readonly shares = new Map<string, Share>();
  private underWay = 0;
  private turns = 0;

  /**
   * @param most under way at once
   * @param mostOfOne of these, of one share
   */
  constructor(
    private readonly most: number,
    private readonly mostOfOne: number,
  ) {}

  /** Runs the work when its share's turn comes. */
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

  /** The next turn is of the share that has waited longest for one. */
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
