import type { Problem } from './api.js';

interface Details {
  /** The HTTP status. 0: no whole answer came. */
  readonly status: number;
  readonly isTransient: boolean;
  /** What the ledger said in its answer. */
  readonly problem?: Problem | undefined;
  /** How long the ledger asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** The ledger did not answer, or refused a request. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  /** The HTTP status. 0: no whole answer came. */
  readonly status: number;
  /** Whether the same request may succeed later. */
  readonly isTransient: boolean;
  /** What the ledger said in its answer. */
  readonly problem: Problem | undefined;
  /** How long the ledger asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { cause, ...details }: Details) {
    super(message, { cause });
    this.status = details.status;
    this.isTransient = details.isTransient;
    this.problem = details.problem;
    this.retryAfterMs = details.retryAfterMs;
  }
}
