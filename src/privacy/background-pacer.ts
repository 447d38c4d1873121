// How long the steps of a background work take in, how large the next one is and how long to rest before it out.

/** How large and how long steps are. */
export interface PacerLimits {
  readonly leastRows: number;
  /** A step that takes longer was too large, or the database is busy with pushes: both ask for smaller ones. */
  readonly longMs: number;
  readonly shortMs: number;
}

const ON_ONE_SERVER: PacerLimits = { leastRows: 20, longMs: 100, shortMs: 40 };
/**
 * A step over the nodes of a cluster takes 100 ms on a busy machine, however few rows it has: by the measure of one server it would
 * never have more than the least, and to look through a million calls for a number would take half a day.
 */
const OVER_NODES: PacerLimits = { leastRows: 200, longMs: 400, shortMs: 200 };

/** @param distributed whether the tables lie on the nodes of a cluster */
export function pacerLimits(distributed: boolean): PacerLimits {
  return distributed ? OVER_NODES : ON_ONE_SERVER;
}

const FIRST_ROWS = 200;
/** One fifth of the time is work, whatever it costs: as pushes slow it down, it rests longer. */
const REST_PER_WORK = 4;
const SHORTEST_REST_MS = 10;
const LONGEST_REST_MS = 5000;

/** Keeps background work out of the way of pushes. */
export class BackgroundPacer {
  private size = FIRST_ROWS;

  /** @param mostRows of a step */
  constructor(
    private readonly mostRows: number,
    private readonly gait: PacerLimits,
  ) {}

  /** How many rows the next step may have. */
  get rows(): number {
    return Math.min(this.size, this.mostRows);
  }

  /**
   * @param ms that a step of {@link rows} rows took
   * @returns milliseconds to rest
   */
  after(ms: number): number {
    const { leastRows, longMs, shortMs } = this.gait;
    if (ms > longMs) this.size = Math.max(leastRows, Math.floor(this.rows / 2));
    else if (ms < shortMs) this.size = Math.min(this.mostRows, this.size * 2);
    return Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, ms * REST_PER_WORK));
  }
}
