// The offsets of an IANA zone: the runs of time in which its clocks keep one offset from UTC.
import type { IANAZone } from 'luxon';
import { timeZoneOf } from '../../time/time-zone.js';

/** A run of time [from, to) in epoch milliseconds. Its local time is the instant plus `offset` milliseconds. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

const HOUR_MS = 3_600_000;
/**
 * The time between two checks of a zone's offset. No zone's clocks changed twice within 3.9 days (tzdata 2025:
 * Freetown, 1939).
 */
const STEP_MS = 72 * HOUR_MS;
/** The largest offset from UTC that any zone ever had is 15 h 57 min (Metlakatla, Manila). */
const FARTHEST_OFFSET_MS = 16 * HOUR_MS;

/** The clocks of one zone. It keeps the offsets that it has looked up, because luxon takes 5 µs for each. */
export class ZoneClock {
  private readonly zone: IANAZone;
  private readonly offsets = new Map<number, number>();

  constructor(zoneName: string) {
    this.zone = timeZoneOf(zoneName);
  }

  offsetAt(epochMs: number): number {
    return Math.round(this.zone.offset(epochMs) * 60_000);
  }

  /**
   * Yields runs without end. The first one is the run that contains `epochMs`, or a part of it. Two runs in a row
   * may have the same offset.
   */
  *runsFrom(epochMs: number): Generator<Run, never> {
    for (let step = Math.floor(epochMs / STEP_MS); ; step += 1) {
      yield* this.runsBetween(
        { at: step * STEP_MS, offset: this.offsetAtStep(step) },
        { at: (step + 1) * STEP_MS, offset: this.offsetAtStep(step + 1) },
      );
    }
  }

  /** Returns the first instant at which the clocks show a local time or, if they skip it, a later time. */
  firstShowing(localMs: number): number {
    for (const { from, to, offset } of this.runsFrom(localMs - FARTHEST_OFFSET_MS)) {
      const instant = Math.max(from, localMs - offset);
      if (instant < to) return instant;
    }
    throw new Error('runs have no end');
  }

  private *runsBetween(start: Look, end: Look): Generator<Run> {
    let run = start;
    while (run.offset !== end.offset) {
      const change = this.changeBetween(run, end.at);
      yield { from: run.at, to: change, offset: run.offset };
      run = { at: change, offset: this.offsetAt(change) };
    }
    yield { from: run.at, to: end.at, offset: run.offset };
  }

  /** @returns the first instant after `start` at which the offset is not that of `start` any more */
  private changeBetween(start: Look, end: number): number {
    let holds = start.at;
    let changed = end;
    while (changed - holds > 1) {
      const middle = Math.floor((holds + changed) / 2);
      if (this.offsetAt(middle) === start.offset) holds = middle;
      else changed = middle;
    }
    return changed;
  }

  private offsetAtStep(step: number): number {
    const known = this.offsets.get(step);
    if (known !== undefined) return known;
    const offset = this.offsetAt(step * STEP_MS);
    this.offsets.set(step, offset);
    return offset;
  }
}

/** An instant (epoch milliseconds) and the zone's offset then. */
interface Look {
  readonly at: number;
  readonly offset: number;
}
