// Proves or refutes PUSH_TIME_ZONE: the vendor's query API gives epoch times, its pushes give local ones.

/** The time of a call as both sides have it, in epoch milliseconds. */
export interface TimePair {
  /** As the push was read. */
  readonly ledger: number;
  readonly vendor: number;
  /** When the ledger received the push. */
  readonly receivedAt: number;
}

/** What the newest calls show. */
export interface ZoneProof {
  /** How far the ledger's times are ahead of the vendor's. 0: the time zone is right. */
  readonly offsetMs: number;
  /** How many calls show this offset. */
  readonly calls: number;
  /** When the newest of them was received. */
  readonly receivedAt: number;
}

/** Offsets of time zones are multiples of it. */
const STEP_MS = 900_000;
/** The vendor's two times of a call may lie some seconds apart. */
const TOLERANCE_MS = 120_000;
/** The newest calls count: older ones may have been read with another setting. */
const MOST_PAIRS = 100;

/** Collects the times of calls that are known both ways. */
export class ZoneEvidence {
  private newest: TimePair[] = [];

  add(pair: TimePair): void {
    this.newest.push(pair);
    if (this.newest.length >= 2 * MOST_PAIRS) this.keepNewest();
  }

  /** The offset that most of the newest calls show. Undefined: there are none that show one. */
  get proof(): ZoneProof | undefined {
    this.keepNewest();
    const byOffset = new Map<number, { calls: number; receivedAt: number }>();
    for (const { ledger, vendor, receivedAt } of this.newest) {
      const offset = offsetOf(ledger - vendor);
      if (offset === undefined) continue;
      const seen = byOffset.get(offset) ?? { calls: 0, receivedAt };
      byOffset.set(offset, {
        calls: seen.calls + 1,
        receivedAt: Math.max(seen.receivedAt, receivedAt),
      });
    }
    const [most] = [...byOffset].sort(([, a], [, b]) => b.calls - a.calls || b.receivedAt - a.receivedAt);
    return most === undefined ? undefined : { offsetMs: most[0], ...most[1] };
  }

  private keepNewest(): void {
    this.newest.sort((a, b) => b.receivedAt - a.receivedAt);
    this.newest = this.newest.slice(0, MOST_PAIRS);
  }
}

/** @returns undefined when the difference is not that of two time zones: then the times mean different moments */
function offsetOf(differenceMs: number): number | undefined {
  const offset = Math.round(differenceMs / STEP_MS) * STEP_MS;
  if (Math.abs(differenceMs - offset) > TOLERANCE_MS) return undefined;
  // There is no -0 in JSON.
  return offset === 0 ? 0 : offset;
}
