/** The first and the longest pause, in milliseconds. */
export interface BackoffOptions {
  readonly firstMs: number;
  readonly longestMs: number;
  /** Multiplies each pause by 0.5 to 1.5 at random, so that processes that failed together do not retry together. */
  readonly jitter?: boolean;
}

/** The pauses between retries. Each is twice as long as the one before, up to `longestMs`. */
export class Backoff {
  private next: number;

  constructor(private readonly options: BackoffOptions) {
    this.next = options.firstMs;
  }

  /** The next pause in milliseconds, without jitter. */
  get pauseMs(): number {
    return this.next;
  }

  /**
   * Call this after a failure.
   *
   * @returns milliseconds to wait before the next try, with jitter if that is on
   */
  failed(): number {
    const { longestMs, jitter = false } = this.options;
    const pause = this.next;
    this.next = Math.min(pause * 2, longestMs);
    return jitter ? pause * (0.5 + Math.random()) : pause;
  }

  /** Call this after a success. The next pause is the first one again. */
  succeeded(): void {
    this.next = this.options.firstMs;
  }
}
