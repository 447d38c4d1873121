export interface BackoffOptions {
  readonly firstMs: number;
  readonly longestMs: number;
  /** Each pause is half to one and a half of what it would be, so that processes that failed together do not try again together. */
  readonly jitter?: boolean;
}

/** Pauses between tries: each is twice as long as the one before. */
export class Backoff {
  private next: number;

  constructor(private readonly options: BackoffOptions) {
    this.next = options.firstMs;
  }

  /** The next pause in milliseconds, without jitter. */
  get pauseMs(): number {
    return this.next;
  }

  /** To be called after a failure. Returns how many milliseconds to wait before the next try. */
  failed(): number {
    const { longestMs, jitter = false } = this.options;
    const pause = this.next;
    this.next = Math.min(pause * 2, longestMs);
    return jitter ? pause * (0.5 + Math.random()) : pause;
  }

  succeeded(): void {
    this.next = this.options.firstMs;
  }
}
