// What somebody typed in, what it may mean, and which of that there is, out.
import { type Answer, answerOf, api, type Problem } from '../../api/client.js';
import { may } from '../../api/session.js';
import type { TextName } from '../../i18n/i18n.js';
import { type CallQuery, selectionOf } from './call-filters.js';

/** A meaning of what was typed. */
export interface Meaning {
  readonly title: TextName;
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

interface Candidate extends Meaning {
  /** Whether the ledger has one. */
  readonly isThere: (signal: AbortSignal) => Promise<Answer<boolean>>;
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

export interface Meanings {
  /** Of which the ledger knows something, the likeliest first. */
  readonly found: readonly Meaning[];
  /** Why it is not known of all whether there are others. */
  readonly problem: Problem | undefined;
}

/** Answers by which the ledger says that it has no such thing, or none for this key: no id can be so, none is. */
const NONE: readonly (number | undefined)[] = [400, 403, 404];

/** @throws DOMException AbortError */
export async function meaningsOf(typed: string, signal: AbortSignal): Promise<Meanings> {
  const candidates = candidatesOf(typed.trim());
  const answers = await Promise.all(candidates.map(({ isThere }) => isThere(signal)));
  const problems = answers.flatMap(({ problem }) => problem ?? []);
  return {
    found: candidates.filter((_, index) => answers[index]?.data),
    problem: problems.find(({ status }) => !NONE.includes(status)),
  };
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
  const params = { path: { id } };
  const delivery: Candidate = {
    title: 'search.delivery',
    path: ['deliveries', id],
    query: {},
    isThere: (signal) => isOne(answerOf(api.GET('/v1/deliveries/{id}', { params, signal }))),
  };
  const entry: Candidate = {
    title: 'search.entry',
    path: ['quarantine', id],
    query: {},
    isThere: (signal) => isOne(answerOf(api.GET('/v1/quarantine/{id}', { params, signal }))),
  };
  return [
    ...(may('deliveries:read') ? [delivery] : []),
    ...(may('quarantine:manage') ? [entry] : []),
    ...IDS.map(([name, title]) => idOf(name, title, id)),
  ];
}

async function isOne(asked: Promise<Answer<unknown>>): Promise<Answer<boolean>> {
  const { problem } = await asked;
  return problem === undefined ? { data: true } : { problem };
}

function idOf(name: (typeof IDS)[number][0], title: TextName, id: string): Candidate {
  const calls = callsBy(title, { [name]: id });
  if (name === 'callId') return { ...calls, path: ['calls', id], query: {} };
  if (name === 'detailId') return { ...calls, path: ['details', id], query: {} };
  if (name === 'taskId' && may('stats:read')) return { ...calls, path: ['tasks', id], query: {} };
  return calls;
}

/** @param query a filter of the calls, by its name in the address */
function callsBy(title: TextName, query: Readonly<Record<string, string>>): Candidate {
  const one: CallQuery = { ...selectionOf(query), limit: 1, fields: ['answered'] };
  return {
    title,
    path: ['calls'],
    query,
    isThere: async (signal) => {
      const asked = api.GET('/v1/calls', { params: { query: one }, signal });
      const { data, problem } = await answerOf(asked);
      return problem === undefined ? { data: data.data.length > 0 } : { problem };
    },
  };
}
