// An IANA zone in, the runs of time in which its clocks keep one distance to UTC out.
import type { IANAZone } from 'luxon';
import { timeZoneOf } from '../../time/time-zone.js';

/** A stretch [from, to) of epoch milliseconds whose local time is the instant plus `offset` milliseconds. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

const HOUR_MS = 3_600_000;
/** Between two looks at a zone. Its clocks never changed twice within 3.9 days (tzdata 2025: Freetown, 1939). */
const STEP_MS = 72 * HOUR_MS;
/** No zone's clocks were ever further from UTC (Metlakatla, Manila: 15 h 57 min). */
const FARTHEST_OFFSET_MS = 16 * HOUR_MS;

/** The clocks of one zone. It remembers what it looked up: asking luxon for an offset takes 5 µs. */
export class ZoneClock {
  private readonly zone: IANAZone;
  private readonly offsets = new Map<number, number>();

  constructor(zoneName: string) {
    this.zone = timeZoneOf(zoneName);
  }

  offsetAt(epochMs: number): number {
    return Math.round(this.zone.offset(epochMs) * 60_000);
  }

  /** The runs from the one that holds `epochMs`, or a part of it, on; without end. Neighbours may have one offset. */
  *runsFrom(epochMs: number): Generator<Run, never> {
    for (let step = Math.floor(epochMs / STEP_MS); ; step += 1) {
      yield* this.runsBetween(
        { at: step * STEP_MS, offset: this.offsetAtStep(step) },
        { at: (step + 1) * STEP_MS, offset: this.offsetAtStep(step + 1) },
      );
    }
  }

  /** The first instant at which the clocks show a local time or, where they jump over it, a later one. */
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

  /** @returns the first instant after `start` at which its offset no longer holds */
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
