// Parsers for the values of rows that replace those of `pg`. They are for the `types` of a statement.
import { type CustomTypesConfig, types } from 'pg';
import { parseExact } from '../../json/exact-numbers.js';

const DASH = 45;
const PARSERS: { readonly getTypeParser: (type: number) => (text: string) => unknown } = types;

/**
 * Values as the API shows them: times as ISO 8601, JSON with all digits of its numbers. `pg` makes a `Date` of a
 * time. With that, reading a row took twice as long.
 */
export const AS_ANSWERED = parsers({
  [types.builtins.TIMESTAMPTZ]: isoOf,
  [types.builtins.JSONB]: parseExact,
  [types.builtins.JSON]: parseExact,
});

/** Times as epoch milliseconds. */
export const EPOCH_TIMES = parsers({ [types.builtins.TIMESTAMPTZ]: (text) => dateOf(text).getTime() });

/** Values as PostgreSQL writes them. */
export const AS_WRITTEN: CustomTypesConfig = { getTypeParser: () => (text: unknown) => text };

function parsers(own: Readonly<Record<number, (text: string) => unknown>>): CustomTypesConfig {
  return {
    getTypeParser: (type, format): unknown =>
      (format === 'binary' ? undefined : own[type]) ?? types.getTypeParser(type, format),
  };
}

/** Parses a time of any zone and year with the parser of `pg`. */
function dateOf(text: string): Date {
  const read = PARSERS.getTypeParser(types.builtins.TIMESTAMPTZ)(text);
  if (read instanceof Date) return read;
  throw new Error('PostgreSQL returned a value that is not a time');
}

/**
 * Converts a time of PostgreSQL to ISO 8601 with milliseconds.
 *
 * @param text for example `2025-06-01 01:59:45+00`, with up to six digits after the second
 */
export function isoOf(text: string): string {
  // The session is not in UTC, or the year has more than four digits or is before Christ.
  if (!text.endsWith('+00') || text.charCodeAt(4) !== DASH) return dateOf(text).toISOString();
  const fraction = text.length === 22 ? '000' : text.slice(20, -3).padEnd(3, '0').slice(0, 3);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
}
