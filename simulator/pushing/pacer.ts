/** After a stall, at most this much of the missed time is caught up. */
const LONGEST_ARREARS_MS = 1000;

/** Says when the next push may be sent, so that records are sent at an even rate. */
export class Pacer {
  private dueMs: number;

  /** @param ratePerSecond null: as fast as possible */
  constructor(
    private readonly ratePerSecond: number | null,
    nowMs: number,
  ) {
    this.dueMs = nowMs;
  }

  /** The earliest moment for the next push, on the clock of `nowMs`. */
  get nextMs(): number {
    return this.ratePerSecond === null ? 0 : this.dueMs;
  }

  /** Notes that a push with this number of records was sent. */
  sent(records: number, nowMs: number): void {
    if (this.ratePerSecond === null) return;
    this.dueMs = Math.max(this.dueMs, nowMs - LONGEST_ARREARS_MS) + (records / this.ratePerSecond) * 1000;
  }
}
