// Questions that begin and end in, how long the longest of them takes out: whoever refreshes a page waits accordingly.
export class Pace {
  private longest = 0;
  private readonly begun = new Set<{ readonly at: number }>();

  /** @param now milliseconds, of any clock that only goes forward */
  constructor(private readonly now: () => number) {}

  /** @returns to be called at the end */
  begins(): () => void {
    const question = { at: this.now() };
    this.begun.add(question);
    return () => {
      if (this.begun.delete(question)) this.longest = Math.max(this.longest, this.now() - question.at);
    };
  }

  /** From here on only what ends later counts. */
  restart(): void {
    this.longest = 0;
  }

  /** The longest since the restart, those under way as long as they have taken until now; milliseconds. */
  took(): number {
    const now = this.now();
    return Math.max(this.longest, ...[...this.begun].map(({ at }) => now - at));
  }
}
