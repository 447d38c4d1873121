import { Injectable } from '@nestjs/common';

/** After so many failures in a row, pushes go to the journal without trying the database. */
const FAILURES = 3;

/**
 * Remembers whether the database takes pushes. While it does not, pushes go to the journal at once instead of waiting
 * for the deadline. The drainer keeps trying to write the journal's oldest entries, and its first success closes the
 * circuit breaker.
 */
@Injectable()
export class CircuitBreaker {
  private failures = 0;

  /** Whether pushes go to the journal without trying the database. */
  get isOpen(): boolean {
    return this.failures >= FAILURES;
  }

  /** Counts a write that failed. */
  failed(): void {
    this.failures += 1;
  }

  /** Closes the circuit breaker after a write that succeeded. */
  succeeded(): void {
    this.failures = 0;
  }
}
