// The filters of the address in, those of the API out: they have the same names.
import type { paths } from '../../generated/api.js';
import type { TextName } from '../../i18n/i18n.js';
import type { Query } from '../../state/route.js';
import { timeZone } from '../../state/preferences.js';
import { iso, isSpan, SPANS } from '../../time/range.js';

export type CallQuery = NonNullable<paths['/v1/calls']['get']['parameters']['query']>;

export interface Filter {
  readonly name: string;
  readonly title: TextName;
  readonly kind: 'text' | 'number' | 'yes-no' | 'result';
}

export const FILTERS = [
  { name: 'smartStatusCode', title: 'field.smartStatusCode', kind: 'result' },
  { name: 'answered', title: 'field.answered', kind: 'yes-no' },
  { name: 'callee', title: 'field.callee', kind: 'text' },
  { name: 'calleeEndsWith', title: 'field.calleeEndsWith', kind: 'text' },
  { name: 'taskId', title: 'field.taskId', kind: 'text' },
  { name: 'batchId', title: 'field.batchId', kind: 'text' },
  { name: 'detailId', title: 'field.detailId', kind: 'text' },
  { name: 'outId', title: 'field.outId', kind: 'text' },
  { name: 'callId', title: 'field.callId', kind: 'text' },
  { name: 'caller', title: 'field.caller', kind: 'text' },
  { name: 'realCaller', title: 'field.realCaller', kind: 'text' },
  { name: 'statusCode', title: 'field.statusCode', kind: 'text' },
  { name: 'hangupDirection', title: 'field.hangupDirection', kind: 'text' },
  { name: 'minDuration', title: 'field.minDuration', kind: 'number' },
  { name: 'maxDuration', title: 'field.maxDuration', kind: 'number' },
  { name: 'hasWarnings', title: 'field.hasWarnings', kind: 'yes-no' },
  { name: 'source', title: 'field.source', kind: 'text' },
] as const satisfies readonly Filter[];

/** What is asked of the API: the filters that are set, and the range of time. */
export function selectionOf(query: Query): CallQuery {
  const set = FILTERS.map(({ name, kind }) => [name, valueOf(kind, query[name])] as const);
  const known = Object.fromEntries(set.filter(([, value]) => value !== undefined)) as CallQuery;
  return { ...known, ...rangeIn(query) };
}

function valueOf(kind: Filter['kind'], text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  if (kind === 'yes-no') return text === 'true';
  if (kind === 'number') return Number(text);
  // One text: a list by commas, as the API reads it; what it does not hold is the API's to say.
  return text.split(',').map((part) => part.trim());
}

function rangeIn(query: Query): CallQuery {
  const { span, from, to } = query;
  if (isSpan(span)) return { from: iso(Math.floor((Date.now() - SPANS[span]) / 60_000) * 60_000) };
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...((from ?? to) !== undefined && { timeZone: timeZone.value }),
  };
}
