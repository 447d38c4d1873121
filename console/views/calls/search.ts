// What somebody typed in, what it may mean, and which of that there is, out.
import { answerOf, api } from '../../api/client.js';
import { may } from '../../api/session.js';
import type { TextName } from '../../i18n/i18n.js';
import type { CallQuery } from './call-filters.js';

/** A meaning of what was typed. */
export interface Meaning {
  readonly title: TextName;
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

interface Candidate extends Meaning {
  /** Whether the ledger has one. */
  readonly isThere: (signal: AbortSignal) => Promise<boolean>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NUMBER = /^\+?[\d\s-]{5,20}$/;
const LAST_DIGITS = /^[*…]*(\d{4,8})$/;

/** A call's fields by which the ledger finds calls at once. */
const IDS = [
  ['callId', 'field.callId'],
  ['outId', 'field.outId'],
  ['detailId', 'field.detailId'],
  ['batchId', 'field.batchId'],
  ['taskId', 'field.taskId'],
] as const;

/** The meanings that the ledger knows something of, the likeliest first. */
export async function meaningsOf(typed: string, signal: AbortSignal): Promise<Meaning[]> {
  const candidates = candidatesOf(typed.trim());
  const known = await Promise.all(candidates.map(({ isThere }) => isThere(signal)));
  return candidates.filter((_, index) => known[index]);
}

function candidatesOf(text: string): Candidate[] {
  // Commas make lists of the API's filters; no id of the vendor's has one.
  if (text === '' || text.includes(',')) return [];
  if (UUID.test(text)) return deliveryOf(text);
  const number = NUMBER.test(text) ? text.replaceAll(/[\s-]/g, '') : undefined;
  const last = LAST_DIGITS.exec(text)?.[1];
  return [
    ...(number === undefined ? [] : [callsBy('field.callee', { callee: number })]),
    ...(last === undefined ? [] : [callsBy('field.calleeEndsWith', { calleeEndsWith: last })]),
    ...IDS.map(([name, title]) => idOf(name, title, text)),
  ];
}

function deliveryOf(id: string): Candidate[] {
  const delivery: Candidate = {
    title: 'search.delivery',
    path: ['deliveries', id],
    query: {},
    isThere: async (signal) =>
      may('deliveries:read') &&
      (await answerOf(api.GET('/v1/deliveries/{id}', { params: { path: { id } }, signal }))).data !==
        undefined,
  };
  const entry: Candidate = {
    title: 'search.entry',
    path: ['quarantine', id],
    query: {},
    isThere: async (signal) =>
      may('quarantine:manage') &&
      (await answerOf(api.GET('/v1/quarantine/{id}', { params: { path: { id } }, signal }))).data !==
        undefined,
  };
  return [delivery, entry, ...IDS.map(([name, title]) => idOf(name, title, id))];
}

function idOf(name: (typeof IDS)[number][0], title: TextName, id: string): Candidate {
  const calls = callsBy(title, { [name]: id });
  if (name === 'callId') return { ...calls, path: ['calls', id], query: {} };
  if (name === 'detailId') return { ...calls, path: ['details', id], query: {} };
  if (name === 'taskId' && may('stats:read')) return { ...calls, path: ['tasks', id], query: {} };
  return calls;
}

function callsBy(title: TextName, query: Readonly<Record<string, string>>): Candidate {
  // Lists of one.
  const filter = Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, name === 'calleeEndsWith' ? value : [value]]),
  ) as CallQuery;
  return {
    title,
    path: ['calls'],
    query,
    isThere: async (signal) => {
      const asked = api.GET('/v1/calls', {
        params: { query: { ...filter, limit: 1, fields: ['answered'] } },
        signal,
      });
      return ((await answerOf(asked)).data?.data.length ?? 0) > 0;
    },
  };
}
