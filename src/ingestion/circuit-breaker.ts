import { Injectable } from '@nestjs/common';

/** Failures in a row after which the database is no longer asked first. */
const FAILURES = 3;

/**
 * Remembers whether the database takes pushes. While it does not, they go to the journal at once instead of waiting for
 * the deadline; the drainer, which keeps trying to write the journal's oldest entries, is the probe that closes it.
 */
@Injectable()
export class CircuitBreaker {
  private failures = 0;

  get isOpen(): boolean {
    return this.failures >= FAILURES;
  }

  failed(): void {
    this.failures += 1;
  }

  succeeded(): void {
    this.failures = 0;
  }
}
