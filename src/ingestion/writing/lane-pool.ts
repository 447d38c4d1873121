/** As many writers may add to the same rollups at once without waiting for each other. */
const LANES = 16;

/**
 * Lends the lanes of the rollups to the writers of this process: the lowest free one, so that a quiet service keeps
 * few rows, counted from a random one, so that two processes seldom share.
 */
export class LanePool {
  private readonly first = Math.floor(Math.random() * LANES);
  private readonly users = new Array<number>(LANES).fill(0);

  take(): number {
    const slot = this.users.indexOf(Math.min(...this.users));
    this.users[slot] = (this.users[slot] ?? 0) + 1;
    return (this.first + slot) % LANES;
  }

  giveBack(lane: number): void {
    const slot = (lane - this.first + LANES) % LANES;
    this.users[slot] = (this.users[slot] ?? 0) - 1;
  }
}
