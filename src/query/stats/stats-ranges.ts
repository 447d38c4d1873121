// Reads from a question which ranges to sum, and whether the rollups or the calls themselves have them.
import { InvalidParametersException } from '../../http/problems/refusals.js';
import type { ProblemDetail } from '../../http/problems/problem.dto.js';
import { EARLIEST_MS, LATEST_MS } from '../../time/civil-time.js';
import { endsOf, isOnQuarter, type Range, rangeOf } from './bucket-edges.js';
import {
  isByNumber,
  MINUTE,
  MINUTE_MS,
  MOST_DAYS_BY_NUMBER,
  MOST_MINUTES,
  type StatsQuery,
} from './stats-query.dto.js';

const DAY_MS = 86_400_000;
const MOST_MINUTES_MS = MOST_MINUTES * MINUTE_MS;

/** A half-open range in epoch milliseconds. */
export interface ClosedRange {
  readonly from: number;
  readonly to: number;
}

/** What to read for a question. */
export interface Reading {
  readonly of: 'rollups' | 'calls';
  readonly range: Range;
  /** The period to compare the range with. If there is one, the range has both ends. */
  readonly compared?: { readonly range: ClosedRange; readonly previous: ClosedRange };
}

/**
 * @param zone IANA name, for dates without a time
 * @throws InvalidParametersException when an end is missing or at a wrong place, or the range is too long
 */
export function readingOf(query: StatsQuery, zone: string): Reading {
  if (query.compare === 'previous') return comparedReading(query, zone);
  const errors = (['previousFrom', 'previousTo'] as const)
    .filter((path) => query[path] !== undefined)
    .map((path) => ({ path, message: 'can only be used with compare' }));
  if (errors.length > 0) throw new InvalidParametersException(errors);
  if (isByNumber(query.groupBy)) return { of: 'calls', range: numbersOf(query, zone) };
  if (query.interval === MINUTE) return { of: 'calls', range: minutesOf(query, zone) };
  return { of: 'rollups', range: rangeOf(query.from, query.to, zone) };
}

function minutesOf(query: StatsQuery, zone: string): ClosedRange {
  const range = closedRange(query, zone, `with interval ${MINUTE}`);
  if (range.to - range.from <= MOST_MINUTES_MS) return range;
  throw refused('interval', `${MINUTE} allows at most ${MOST_MINUTES / 60} hours from \`from\` to \`to\``);
}

function numbersOf(query: StatsQuery, zone: string): ClosedRange {
  const range = closedRange(query, zone, 'when grouped by caller or realCaller');
  if (query.interval === MINUTE) return minutesOf(query, zone);
  checkDays(range);
  return range;
}

function checkDays({ from, to }: ClosedRange): void {
  if (to - from <= MOST_DAYS_BY_NUMBER * DAY_MS) return;
  const message = `caller and realCaller allow at most ${MOST_DAYS_BY_NUMBER} days from \`from\` to \`to\`: narrow the range, or group by other fields`;
  throw refused('groupBy', message);
}

function comparedReading(query: StatsQuery, zone: string): Reading {
  if ((query.interval ?? 'none') !== 'none')
    throw refused('interval', 'must be none, or not given, with compare');
  const range = closedRange(query, zone, 'with compare');
  if (range.from >= range.to) throw refused('to', 'must be after from with compare');
  const previous = previousOf(query, range, zone);
  const both = [range, previous];
  if (isByNumber(query.groupBy)) {
    both.forEach(checkDays);
    return { of: 'calls', range, compared: { range, previous } };
  }
  const isByQuarters = both.every(({ from, to }) => isOnQuarter(from) && isOnQuarter(to));
  if (isByQuarters) return { of: 'rollups', range, compared: { range, previous } };
  if (both.every(({ from, to }) => to - from <= MOST_MINUTES_MS))
    return { of: 'calls', range, compared: { range, previous } };
  rangeOf(query.from, query.to, zone);
  const message = `must be on a quarter-hour of UTC, unless both periods have at most ${MOST_MINUTES / 60} hours`;
  throw refused('previousFrom', message);
}

function previousOf(query: StatsQuery, range: ClosedRange, zone: string): ClosedRange {
  const length = range.to - range.from;
  const given = endsOf(query.previousFrom, query.previousTo, zone);
  const from = given.from ?? (given.to ?? range.from) - length;
  const previous = { from, to: given.to ?? from + length };
  // An end that is not given is as far from a minute as the other one.
  const errors = (['from', 'to'] as const)
    .filter((end) => given[end] !== undefined)
    .flatMap((end) =>
      offMinute(end === 'from' ? 'previousFrom' : 'previousTo', previous[end], 'with compare'),
    );
  if (errors.length > 0) throw new InvalidParametersException(errors);
  if (previous.from < EARLIEST_MS || previous.to > LATEST_MS)
    throw refused(
      given.to === undefined ? 'previousFrom' : 'previousTo',
      'makes the previous period begin before the year 1 or end after the year 9999',
    );
  if (previous.from >= previous.to) throw refused('previousTo', 'must be after previousFrom');
  return previous;
}

/** Reads a range that needs both ends, on whole minutes. */
function closedRange({ from, to }: StatsQuery, zone: string, when: string): ClosedRange {
  const range = endsOf(from, to, zone);
  const errors = Object.entries(range).flatMap(([path, instant]) =>
    instant === undefined ? [{ path, message: `is needed ${when}` }] : offMinute(path, instant, when),
  );
  if (errors.length > 0 || range.from === undefined || range.to === undefined)
    throw new InvalidParametersException(errors);
  return { from: range.from, to: range.to };
}

function offMinute(path: string, instant: number, when: string): ProblemDetail[] {
  return instant % MINUTE_MS === 0 ? [] : [{ path, message: `must be on a minute ${when}` }];
}

function refused(path: string, message: string): InvalidParametersException {
  return new InvalidParametersException([{ path, message }]);
}
