// Deliveries to be written in, as many of them under way at once as the pushes leave room for.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Delivery } from '../delivery.js';
import { costOf } from '../admission-control.js';

/** Bounds what of the journal is under way to the database. */
export class DrainWindow {
  private cost = 0;
  private count = 0;
  private wake: (() => void) | undefined;

  /** @param most gives the cost that may be under way now, in bytes */
  constructor(private readonly most: () => number) {}

  /**
   * Begins the work of a delivery as soon as there is room for it, and lets others have their turn after it: reading a
   * push of 100 records takes a millisecond or two.
   *
   * @param work must not fail
   */
  async begin(delivery: Delivery, work: () => Promise<void>): Promise<void> {
    const cost = costOf(delivery);
    while (this.count > 0 && this.cost + cost > this.most()) await this.oneToEnd();
    this.cost += cost;
    this.count += 1;
    void work().then(() => {
      this.cost -= cost;
      this.count -= 1;
      this.wake?.();
    });
    await nextTurn();
  }

  async allToEnd(): Promise<void> {
    while (this.count > 0) await this.oneToEnd();
  }

  private async oneToEnd(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = undefined;
  }
}
