// How long the steps of a background work take in, how large the next one is and how long to rest before it out.

const FIRST_ROWS = 200;
const LEAST_ROWS = 20;
/** A step that takes longer was too large, or the database is busy with pushes: both ask for smaller ones. */
const LONG_STEP_MS = 100;
const SHORT_STEP_MS = 40;
/** One fifth of the time is work, whatever it costs: as pushes slow it down, it rests longer. */
const REST_PER_WORK = 4;
const SHORTEST_REST_MS = 10;
const LONGEST_REST_MS = 5000;

/** Keeps background work out of the way of pushes. */
export class Pace {
  private size = FIRST_ROWS;

  /** @param mostRows of a step */
  constructor(private readonly mostRows: number) {}

  /** How many rows the next step may have. */
  get rows(): number {
    return Math.min(this.size, this.mostRows);
  }

  /**
   * @param ms that a step of {@link rows} rows took
   * @returns milliseconds to rest
   */
  after(ms: number): number {
    if (ms > LONG_STEP_MS) this.size = Math.max(LEAST_ROWS, Math.floor(this.rows / 2));
    else if (ms < SHORT_STEP_MS) this.size = Math.min(this.mostRows, this.size * 2);
    return Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, ms * REST_PER_WORK));
  }
}
