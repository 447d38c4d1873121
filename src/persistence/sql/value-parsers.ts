// How values of rows are read where `pg`'s own way is not what is wanted: for the `types` of a statement.
import { type CustomTypesConfig, types } from 'pg';
import { parseExact } from '../../json/exact-numbers.js';

const DASH = 45;
const PARSERS: { readonly getTypeParser: (type: number) => (text: string) => unknown } = types;

/**
 * As the API has them: times as ISO 8601, JSON with all digits of its numbers. By way of `Date`, which `pg` makes of times,
 * reading a row took twice as long.
 */
export const AS_ANSWERED = parsers({
  [types.builtins.TIMESTAMPTZ]: isoOf,
  [types.builtins.JSONB]: parseExact,
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

/** As `pg` reads it: of any zone and year. */
function dateOf(text: string): Date {
  const read = PARSERS.getTypeParser(types.builtins.TIMESTAMPTZ)(text);
  if (read instanceof Date) return read;
  throw new Error('PostgreSQL gave no time where one was asked for');
}

/** Of what PostgreSQL writes: `2025-06-01 01:59:45+00`, or with up to six digits after the second. */
export function isoOf(text: string): string {
  // Of a session that is not in UTC; and of years with more digits, or before our time.
  if (!text.endsWith('+00') || text.charCodeAt(4) !== DASH) return dateOf(text).toISOString();
  const fraction = text.length === 22 ? '000' : text.slice(20, -3).padEnd(3, '0').slice(0, 3);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
}
