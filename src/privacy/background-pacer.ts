/** Limits for the size and the duration of steps. */
export interface PacerLimits {
  readonly leastRows: number;
  /**
   * If a step takes longer, it was too large, or the database is busy with pushes. In both cases the next step is
   * smaller.
   */
  readonly longMs: number;
  readonly shortMs: number;
}

const ON_ONE_SERVER: PacerLimits = { leastRows: 20, longMs: 100, shortMs: 40 };
/**
 * Limits for a cluster. There, a step takes 100 ms on a busy machine, however few rows it has. With the limits for one
 * server, it would never have more than the least rows, and a search through a million calls would take half a day.
 */
const OVER_NODES: PacerLimits = { leastRows: 200, longMs: 400, shortMs: 200 };

/**
 * The limits that fit the database.
 *
 * @param distributed whether the tables are on the nodes of a cluster
 */
export function pacerLimits(distributed: boolean): PacerLimits {
  return distributed ? OVER_NODES : ON_ONE_SERVER;
}

const FIRST_ROWS = 200;
/**
 * The rest after a step, as a multiple of its duration. So a job works one fifth of the time, and rests longer when
 * pushes slow it down.
 */
const REST_PER_WORK = 4;
const SHORTEST_REST_MS = 10;
const LONGEST_REST_MS = 5000;

/**
 * Adapts the size of background steps and the rests between them, so that background work does not slow down pushes.
 */
export class BackgroundPacer {
  private size = FIRST_ROWS;

  /** @param mostRows the most rows of a step */
  constructor(
    private readonly mostRows: number,
    private readonly gait: PacerLimits,
  ) {}

  /** The number of rows that the next step may have. */
  get rows(): number {
    return Math.min(this.size, this.mostRows);
  }

  /**
   * Adapts the size of the next step.
   *
   * @param ms duration of a step of {@link rows} rows
   * @returns milliseconds to rest
   */
  after(ms: number): number {
    const { leastRows, longMs, shortMs } = this.gait;
    if (ms > longMs) this.size = Math.max(leastRows, Math.floor(this.rows / 2));
    else if (ms < shortMs) this.size = Math.min(this.mostRows, this.size * 2);
    return Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, ms * REST_PER_WORK));
  }
}
