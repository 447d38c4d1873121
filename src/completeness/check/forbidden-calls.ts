import { eachCore } from '../../numbers/number-search.js';
import { hasherOf } from '../../numbers/number-secrets.js';

/** An erasure of a number. */
export interface ErasureRow {
  /** The keyed hash of the number, in hexadecimal digits. */
  readonly hash: string;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
  readonly secret: Buffer;
}

const DAY_MS = 86_400_000;

/**
 * Calls that must not come into the ledger, even if it never had them. They are beyond retention, or the number of their
 * person was erased.
 */
export class ForbiddenCalls {
  private readonly requestedAt: ReadonlyMap<string, number>;
  private readonly hashOf: ((core: string) => Buffer) | undefined;

  /** @param retentionDays how long calls are kept; 0: for ever */
  constructor(
    erasures: readonly ErasureRow[],
    private readonly retentionDays: number,
  ) {
    this.requestedAt = new Map(erasures.map(({ hash, requestedAt }) => [hash, requestedAt]));
    const [first] = erasures;
    this.hashOf = first === undefined ? undefined : hasherOf(first.secret);
  }

  /**
   * @param at when the call took place, in epoch milliseconds; null: not known, so that retention does not count, and
   * every erasure does
   * @param texts what may hold the number of a person
   */
  include(at: number | null, texts: readonly unknown[]): boolean {
    const isOld = this.retentionDays > 0 && at !== null && at < Date.now() - this.retentionDays * DAY_MS;
    return isOld || texts.some((text) => typeof text === 'string' && this.isErased(text, at));
  }

  /** Whether the text holds a number whose erasure was requested after the call. */
  private isErased(text: string, at: number | null): boolean {
    const { hashOf } = this;
    if (hashOf === undefined) return false;
    const cores: string[] = [];
    const looking = eachCore(text, (core) => cores.push(core));
    while (looking.next().done !== true);
    return cores.some((core) => {
      const requestedAt = this.requestedAt.get(hashOf(core).toString('hex'));
      return requestedAt !== undefined && (at === null || at <= requestedAt);
    });
  }
}
