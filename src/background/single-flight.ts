/** Runs work at most once at a time. All callers that ask for it while it runs get the same result. */
export class SingleFlight<T> {
  private underWay: Promise<T> | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  get isUnderWay(): boolean {
    return this.underWay !== undefined;
  }

  /** Joins the running work, or starts it. */
  run(): Promise<T> {
    return (this.underWay ??= this.begin());
  }

  /** Makes the next {@link run} start new work. Callers that wait already get the result of the old work. */
  forget(): void {
    this.underWay = undefined;
  }

  private begin(): Promise<T> {
    const work = this.work().finally(() => {
      if (this.underWay === work) this.underWay = undefined;
    });
    return work;
  }
}
