import { DatabaseUnavailableError } from '../persistence/unavailable.js';
import { within } from '../within.js';

/** What the database has not answered by then counts as not answered. */
const PATIENCE_MS = 2000;

/** A question to the database that is under way at most once, however many ask it, and whose answer nobody waits for for long. */
export class SharedQuestion<T> {
  private asking: Promise<T> | undefined;

  constructor(private readonly ask: () => Promise<T>) {}

  /** @returns undefined when the database is away, or does not answer in time */
  async answer(): Promise<T | undefined> {
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    try {
      return await within(PATIENCE_MS, this.asking);
    } catch (error) {
      // Whoever else asks it says why.
      if (error instanceof DatabaseUnavailableError) return undefined;
      throw error;
    }
  }
}
