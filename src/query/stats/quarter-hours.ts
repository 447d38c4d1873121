// The checks that times fall on the quarter-hours of UTC by which the rollups are kept.
import { InvalidParametersException } from '../../http/refusals.js';
import { instantOf } from '../../http/instant-text.js';
import type { ProblemDetail } from '../../http/problem.dto.js';
import { type Interval, QUARTER_HOUR_MS } from './bucket-edges.js';

/** A range, open where an end is undefined; epoch milliseconds. */
export interface Range {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/**
 * @param zone IANA name, for dates without a time
 * @throws InvalidParametersException when an end does not fall on a quarter-hour
 */
export function rangeOf(from: string | undefined, to: string | undefined, zone: string): Range {
  const range = endsOf(from, to, zone);
  const errors = Object.entries(range).flatMap(([path, instant]) => offQuarter(path, instant));
  if (errors.length > 0) throw new InvalidParametersException(errors);
  return range;
}

/** @param zone IANA name, for dates without a time */
export function endsOf(from: string | undefined, to: string | undefined, zone: string) {
  return {
    from: from === undefined ? undefined : instantOf(from, zone),
    to: to === undefined ? undefined : instantOf(to, zone),
  };
}

function offQuarter(path: string, instant: number | undefined): ProblemDetail[] {
  if (instant === undefined || isOnQuarter(instant)) return [];
  const before = Math.floor(instant / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  const message = `is ${iso(instant)}, which is not on a quarter-hour of UTC; the nearest are ${iso(before)} and ${iso(before + QUARTER_HOUR_MS)}`;
  return [{ path, message }];
}

/**
 * @param edges of the buckets of a range
 * @throws InvalidParametersException when one does not fall on a quarter-hour
 */
export function checkEdges(edges: readonly number[], interval: Interval, zone: string): void {
  const wrong = edges.find((edge) => !isOnQuarter(edge));
  if (wrong === undefined) return;
  const message = `can not be ${zone} here: with interval ${interval} a part of the range would begin at ${iso(wrong)}, which is not on a quarter-hour of UTC`;
  throw new InvalidParametersException([{ path: 'timeZone', message }]);
}

function isOnQuarter(instant: number): boolean {
  return instant % QUARTER_HOUR_MS === 0;
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
