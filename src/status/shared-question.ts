import { SingleFlight } from '../background/single-flight.js';
import { DatabaseUnavailableError } from '../persistence/unavailable.js';
import { within } from '../within.js';

/** What the database has not answered by then counts as not answered. */
const PATIENCE_MS = 2000;

/** A question to the database that is under way at most once, however many ask it, and whose answer nobody waits for for long. */
export class SharedQuestion<T> {
  private readonly asking: SingleFlight<T>;

  constructor(ask: () => Promise<T>) {
    this.asking = new SingleFlight(ask);
  }

  /** @returns undefined when the database is away, or does not answer in time */
  async answer(): Promise<T | undefined> {
    try {
      return await within(PATIENCE_MS, this.asking.run());
    } catch (error) {
      // Whoever else asks it says why.
      if (error instanceof DatabaseUnavailableError) return undefined;
      throw error;
    }
  }
}
