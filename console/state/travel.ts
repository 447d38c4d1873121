// What goes along from view to view: the range of time, and the filters that calls and their sums both have.
import { signal } from '@preact/signals';
import type { Query } from './route.js';

const FILTERS = [
  'taskId',
  'batchId',
  'smartStatusCode',
  'statusCode',
  'hangupDirection',
  'majorIntent',
  'source',
] as const;
export type SumFilter = (typeof FILTERS)[number];

/** Of the last view that has a range. */
export const travelled = signal<Query>({});

export function rangeIn({ span, from, to }: Query): Query {
  return { span, from, to };
}

/** The filters of an address by which calls can be summed up. */
export function filtersIn(query: Query): Readonly<Partial<Record<SumFilter, string>>> {
  return Object.fromEntries(FILTERS.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));
}

/** What goes along to a view. */
export function travelTo(view: string): Query {
  if (view === 'tasks') return rangeIn(travelled.value);
  return view === 'overview' || view === 'calls' ? travelled.value : {};
}

/** Notes what goes along from a view. @param path of the address; views without a range change nothing */
export function travelFrom([view = 'overview', id]: readonly string[], query: Query): void {
  const hasRange = view === 'overview' || view === 'tasks' || (view === 'calls' && id === undefined);
  if (!hasRange) return;
  const range = rangeIn(query);
  const isOpen = !range['span'] && !range['from'] && !range['to'];
  // Without a range, the overview has one of its own, and the others all of time.
  const own = view === 'overview' && isOpen ? { span: '24h' } : range;
  travelled.value = { ...own, ...(view === 'tasks' ? {} : filtersIn(query)) };
}
