import { may } from '../../api/session.js';
import { sumsBy } from '../../api/stats.js';
import { useAsk } from '../../api/use-ask.js';
import { t } from '../../i18n/i18n.js';
import { timeZone } from '../../state/preferences.js';
import type { Query } from '../../state/route.js';
import { filtersIn, rangeIn } from '../../state/travel.js';
import { count } from '../../time/format.js';
import { rangeOf } from '../../time/range.js';

/** Beside the filters of sums, what of an address needs not be counted, or can be. */
const COUNTED = new Set(['span', 'from', 'to', 'cursor', 'order', 'answered']);

/** How many calls the filters have, where the sums tell: other filters, and ends of ranges between two sums, would have all calls read. */
export function CallCount({ query }: { query: Query }) {
  const filters = filtersIn(query);
  const range = wholeRange(query);
  const isCounted =
    may('stats:read') &&
    range !== 'none' &&
    Object.keys(query).every((name) => COUNTED.has(name) || name in filters);
  const key = JSON.stringify([rangeIn(query), filters, timeZone.value]);
  const asked = useAsk(key, isCounted ? (signal) => sumsBy(undefined, range, signal, filters) : undefined);
  if (!isCounted || asked.data === undefined) return null;
  const { calls = 0, answered = 0 } = asked.data[0] ?? {};
  const which = query['answered'];
  const n = which === 'true' ? answered : which === 'false' ? calls - answered : calls;
  return <p class="quiet small">{t('calls.count', { n: count(n) })}</p>;
}

/** Undefined: all of time; `none`: no range that the sums have exactly. */
function wholeRange(query: Query): { from: number; to: number } | undefined | 'none' {
  const { span, from, to } = query;
  if (!span && !from && !to) return undefined;
  const { range } = rangeOf(query, Date.now(), '24h', timeZone.value);
  const isWhole = range !== undefined && [from, to].every((end) => end && isExact(end, range));
  return isWhole ? range : 'none';
}

function isExact(end: string, { from, to }: { from: number; to: number }): boolean {
  const at = Date.parse(end);
  return at === from || at === to;
}
