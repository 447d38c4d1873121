import type { IANAZone } from 'luxon';
import { timeZoneOf } from './time-zone.js';

/** An instant in epoch milliseconds, with a note where the local time was ambiguous. */
export interface LocatedInstant {
  readonly epochMs: number;
  readonly note?: string;
}

const QUARTER_HOUR_MS = 900_000;
const DAY_MS = 86_400_000;
const MOST_CACHED_QUARTERS = 20_000;

/**
 * Converts local times of one IANA zone to instants. Offsets are cached per local quarter-hour. A push has up to nine
 * times per record, nearly all from the same hours, and a look-up in the zone's tables takes about a hundred times as
 * long as one in the cache. Quarter-hours near a change of offset are never cached.
 */
export class ZonedTime {
  private readonly zone: IANAZone;
  private readonly offsets = new Map<number, number>();

  constructor(readonly zoneName: string) {
    this.zone = timeZoneOf(zoneName);
  }

  /**
   * @param localMs the local date and time as if it were UTC, in milliseconds since 1970
   * @returns undefined when the zone's clocks skipped that time; with a note when they showed it twice (the earlier
   *   instant is taken)
   */
  toInstant(localMs: number): LocatedInstant | undefined {
    const quarter = Math.floor(localMs / QUARTER_HOUR_MS);
    const cached = this.offsets.get(quarter);
    if (cached !== undefined) return { epochMs: localMs - cached };
    const before = this.offsetAt(localMs - DAY_MS);
    const after = this.offsetAt(localMs + DAY_MS);
    if (before === after) {
      if (this.offsets.size >= MOST_CACHED_QUARTERS) this.offsets.clear();
      this.offsets.set(quarter, before);
      return { epochMs: localMs - before };
    }
    return this.nearChange(localMs, before, after);
  }

  private nearChange(localMs: number, before: number, after: number): LocatedInstant | undefined {
    const instants = [localMs - before, localMs - after].filter(
      (epochMs) => epochMs + this.offsetAt(epochMs) === localMs,
    );
    const [first, second] = instants;
    if (first === undefined) return undefined;
    if (second === undefined) return { epochMs: first };
    return {
      epochMs: Math.min(first, second),
      note: `the clocks of ${this.zoneName} showed this time twice; the earlier one is taken`,
    };
  }

  private offsetAt(epochMs: number): number {
    return Math.round(this.zone.offset(epochMs) * 60_000);
  }
}
