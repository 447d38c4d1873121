/** Work that is under way at most once: all who want it meanwhile share its result. */
export class SingleFlight<T> {
  private underWay: Promise<T> | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  get isUnderWay(): boolean {
    return this.underWay !== undefined;
  }

  run(): Promise<T> {
    return (this.underWay ??= this.begin());
  }

  /** Who wants the result from now on gets that of new work. Those who wait already get the old one. */
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
