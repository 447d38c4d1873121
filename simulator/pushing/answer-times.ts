/** Each bucket ends 1 % higher than the one before. Percentiles are exact to 1 %, and take 11 kB of memory. */
const STEP = Math.log(1.01);
const SMALLEST_MS = 0.01;
const BUCKETS = 1400;

/** Counts the answer times of any number of pushes, in milliseconds, in constant memory. */
export class AnswerTimes {
  private readonly buckets = new Float64Array(BUCKETS);
  private count = 0;
  private largest = 0;

  add(ms: number): void {
    const bucket = Math.ceil(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / STEP);
    const index = Math.min(BUCKETS - 1, bucket);
    this.buckets[index] = (this.buckets[index] ?? 0) + 1;
    this.count += 1;
    this.largest = Math.max(this.largest, ms);
  }

  get max(): number | null {
    return this.count === 0 ? null : this.largest;
  }

  /** Returns the time within which the given share (0 to 1) was answered; null if nothing was answered. */
  percentile(share: number): number | null {
    if (this.count === 0) return null;
    let left = Math.ceil(this.count * share);
    for (let index = 0; index < BUCKETS; index += 1) {
      left -= this.buckets[index] ?? 0;
      if (left <= 0) return Math.min(this.largest, SMALLEST_MS * Math.exp(index * STEP));
    }
    return this.largest;
  }
}
