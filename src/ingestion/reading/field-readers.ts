// Reads the value of one field. The rules come from the vendor's documentation and from what related messages were seen
// to contain (docs/push-protocol.md).
import { InexactValue, isExactNumber, plainDigits } from '../../json/exact-numbers.js';
import { civilToMs, offsetMinutes, plainDateTime } from '../../time/civil-time.js';
import type { ZonedTime } from '../../time/zoned-time.js';

/** The value of a field for its column; null when the field is empty. */
export type FieldValue = string | number | null;

/**
 * A field that could not be read, or only in part. Its original value is kept too, and the call's warnings name the
 * problem.
 */
export class FieldWithProblem {
  constructor(
    readonly value: FieldValue,
    readonly problem: string,
  ) {}
}

/** The result of reading one field. Good values are not wrapped in an object, because each record has 22 of them. */
export type FieldReading = FieldValue | FieldWithProblem;

const INTEGER = /^[+-]?\d{1,15}$/;
const EPOCH_MS = /^\d{13}$/;
const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:([ T])(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}(?::?\d{2})?)?)$/;

/** Reads a text. Strings are trimmed, numbers keep their notation, and `""` and null are empty. */
export function readText(raw: unknown): FieldReading {
  if (typeof raw === 'string') return emptyToNull(raw.trim());
  if (raw === null || raw === undefined) return null;
  if (typeof raw === 'number' || isExactNumber(raw)) return raw.toString();
  return unreadable(`is ${kindOf(raw)}, not text`);
}

/** Reads a whole number, which may also be written as a string. */
export function readInteger(raw: unknown): FieldReading {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === 'number' && Number.isInteger(raw)) return raw === 0 ? 0 : raw;
  const text = digitsOf(raw);
  if (text === '') return null;
  if (text === undefined) return unreadable(`is ${kindOf(raw)}, not a whole number`);
  if (!INTEGER.test(text)) return unreadable('is not a whole number of at most 15 digits');
  return Number(text) + 0;
}

/**
 * Reads a time: `yyyy-MM-dd HH:mm:ss` in the time zone of the pushes, ISO 8601 with an offset, or epoch milliseconds
 * (13 digits). The value is in epoch milliseconds.
 */
export function readTime(raw: unknown, zone: ZonedTime): FieldReading {
  if (raw === null || raw === undefined) return null;
  const text = digitsOf(raw);
  if (text === '') return null;
  if (text === undefined) return unreadable(`is ${kindOf(raw)}, not a time`);
  const plain = plainDateTime(text);
  if (plain !== undefined) return atLocalTime(plain, zone, undefined);
  if (EPOCH_MS.test(text)) return Number(text);
  const match = DATE_TIME.exec(text);
  if (match === null) {
    return unreadable(
      'is neither yyyy-MM-dd HH:mm:ss, nor ISO 8601 with an offset, nor 13 digits of milliseconds',
    );
  }
  return readDateTime(match, zone);
}

function readDateTime(match: RegExpExecArray, zone: ZonedTime): FieldReading {
  const [, year, month, day, separator, hour, minute, second, fraction = '', offset] = match;
  const localMs = civilToMs({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    millisecond: Number(fraction.slice(0, 3).padEnd(3, '0')),
  });
  if (localMs === undefined) return unreadable('is not a date and time of the calendar');
  const finer = /[1-9]/.test(fraction.slice(3))
    ? 'is finer than a millisecond, the rest is cut off'
    : undefined;
  if (offset !== undefined) return withOffset(localMs, offset, finer);
  if (separator === 'T') return unreadable('is ISO 8601 without an offset');
  return atLocalTime(localMs, zone, finer);
}

function atLocalTime(localMs: number, zone: ZonedTime, problem: string | undefined): FieldReading {
  const instant = zone.toInstant(localMs);
  if (instant === undefined) return unreadable(`does not exist in ${zone.zoneName}: its clocks skipped it`);
  return reading(instant.epochMs, problem ?? instant.note);
}

function withOffset(localMs: number, offset: string, problem: string | undefined): FieldReading {
  const minutes = offsetMinutes(offset);
  if (minutes === undefined)
    return unreadable('has an offset of more than 18 hours, or one with more than 59 minutes');
  return reading(localMs - minutes * 60_000, problem);
}

function reading(value: number, problem: string | undefined): FieldReading {
  return problem === undefined ? value : new FieldWithProblem(value, problem);
}

function unreadable(problem: string): FieldReading {
  return new FieldWithProblem(null, problem);
}

function emptyToNull(text: string): string | null {
  return text === '' ? null : text;
}

/** The trimmed text of a string or a number; undefined for anything else. */
function digitsOf(raw: unknown): string | undefined {
  if (typeof raw === 'string') return raw.trim();
  if (typeof raw === 'number') return raw.toString();
  return isExactNumber(raw) ? plainDigits(raw) : undefined;
}

function kindOf(raw: unknown): string {
  if (raw instanceof InexactValue) return kindOf(raw.value);
  if (Array.isArray(raw)) return 'an array';
  if (typeof raw === 'object') return 'an object';
  return typeof raw === 'boolean' ? 'true or false' : 'a number';
}
