// What somebody typed in, what it may mean, and which of that there is, out.
import { type Answer, answerOf, api, type Problem } from '../../api/client.js';
import { may } from '../../api/session.js';
import type { TextName } from '../../i18n/i18n.js';
import { isAskable } from '../../state/askable.js';
import { typedNumber } from '../../text/typed-number.js';
import { iso } from '../../time/range.js';
import { DAY_MS } from '../../time/units.js';
import type { CallQuery } from './call-filters.js';

/** A meaning of what was typed. */
export interface Meaning {
  readonly title: TextName;
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

interface Candidate {
  /** What of it the ledger has; undefined: nothing. */
  readonly found: (signal: AbortSignal) => Promise<Answer<Meaning | undefined>>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** That calls may be old of which a calling number is looked for. */
const CALLING_DAYS = 90;
/** Names have no more characters. */
const LONGEST_NAME = 100;
/** Of batches with the name; an address with more is too long. */
const MOST_NAMED = 20;
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
  const text = typed.trim();
  if (text === '') return { found: [], problem: undefined };
  const meanings = await known(candidatesOf(text), signal);
  if (meanings.found.length > 0 || meanings.problem !== undefined) return meanings;
  // Last and alone: no index has the calling numbers.
  return known(callingOf(text), signal);
}

async function known(candidates: readonly Candidate[], signal: AbortSignal): Promise<Meanings> {
  const answers = await Promise.all(candidates.map(({ found }) => found(signal)));
  const problems = answers.flatMap(({ problem }) => problem ?? []);
  return {
    found: answers.flatMap(({ data }) => data ?? []),
    problem: problems.find(({ status }) => !NONE.includes(status)),
  };
}

function candidatesOf(text: string): Candidate[] {
  if (!isAskable(text)) return [...byPath(text), ...byName(text)];
  if (UUID.test(text)) return deliveryOf(text);
  const last = LAST_DIGITS.exec(text)?.[1];
  return [
    callsBy('field.callee', 'callee', typedNumber(text)),
    ...(last === undefined ? [] : [callsBy('field.calleeEndsWith', 'calleeEndsWith', last)]),
    ...IDS.map(([name, title]) => idOf(name, title, text)),
    ...byName(text),
  ];
}

function callingOf(text: string): Candidate[] {
  const number = typedNumber(text);
  return [callsBy('field.caller', 'caller', number), callsBy('field.realCaller', 'realCaller', number)];
}

/** An id that no filter can be asked for: what has an address of its own in the API is found all the same. */
function byPath(id: string): Candidate[] {
  const call = oneOf('field.callId', ['calls', id], (signal) =>
    answerOf(api.GET('/v1/calls/{callId}', { params: { path: { callId: id } }, signal, parseAs: 'text' })),
  );
  const task = oneOf('field.taskId', ['tasks', id], (signal) =>
    answerOf(api.GET('/v1/tasks/{taskId}', { params: { path: { taskId: id } }, signal })),
  );
  return may('stats:read') ? [call, task] : [call];
}

/** Of campaigns and batches. */
function byName(name: string): Candidate[] {
  if (!may('stats:read') || name.length > LONGEST_NAME) return [];
  const query = { name, limit: MOST_NAMED };
  return [
    { found: (signal) => tasksNamed(query, signal) },
    { found: (signal) => batchesNamed(query, signal) },
  ];
}

interface ByName {
  readonly name: string;
  readonly limit: number;
}

/** One campaign, or the list of several. */
async function tasksNamed(query: ByName, signal: AbortSignal): Promise<Answer<Meaning | undefined>> {
  const { data, problem } = await answerOf(api.GET('/v1/tasks', { params: { query }, signal }));
  if (problem !== undefined) return { problem };
  const [first, second] = data.data;
  if (first === undefined) return { data: undefined };
  const title = 'search.taskName';
  if (second === undefined) return { data: { title, path: ['tasks', first.taskId], query: {} } };
  return { data: { title, path: ['tasks'], query: { name: query.name } } };
}

/** The calls of all that have the name. */
async function batchesNamed(query: ByName, signal: AbortSignal): Promise<Answer<Meaning | undefined>> {
  const { data, problem } = await answerOf(api.GET('/v1/batches', { params: { query }, signal }));
  if (problem !== undefined) return { problem };
  const ids = data.data.map(({ batchId }) => batchId).filter(isAskable);
  if (ids.length === 0) return { data: undefined };
  return { data: { title: 'search.batchName', path: ['calls'], query: { batchId: ids.join(',') } } };
}

function deliveryOf(id: string): Candidate[] {
  const params = { path: { id } };
  const delivery = oneOf('search.delivery', ['deliveries', id], (signal) =>
    answerOf(api.GET('/v1/deliveries/{id}', { params, signal })),
  );
  const entry = oneOf('search.entry', ['quarantine', id], (signal) =>
    answerOf(api.GET('/v1/quarantine/{id}', { params, signal })),
  );
  return [
    ...(may('deliveries:read') ? [delivery] : []),
    ...(may('quarantine:manage') ? [entry] : []),
    ...IDS.map(([name, title]) => idOf(name, title, id)),
  ];
}

function oneOf(
  title: TextName,
  path: readonly string[],
  ask: (signal: AbortSignal) => Promise<Answer<unknown>>,
): Candidate {
  return {
    found: async (signal) => {
      const { problem } = await ask(signal);
      return problem === undefined ? { data: { title, path, query: {} } } : { problem };
    },
  };
}

function idOf(name: (typeof IDS)[number][0], title: TextName, id: string): Candidate {
  if (name === 'callId') return callsBy(title, name, id, ['calls', id]);
  if (name === 'detailId') return callsBy(title, name, id, ['details', id]);
  if (name === 'taskId' && may('stats:read')) return callsBy(title, name, id, ['tasks', id]);
  return callsBy(title, name, id);
}

type Name = (typeof IDS)[number][0] | 'callee' | 'caller' | 'realCaller' | 'calleeEndsWith';

/**
 * @param value undefined: there is nothing to ask for
 * @param path of a view of its own; else the calls are listed
 */
function callsBy(
  title: TextName,
  name: Name,
  value: string | undefined,
  path?: readonly string[],
): Candidate {
  return {
    found: async (signal) => {
      if (value === undefined) return { data: undefined };
      const { data: isThere, problem } = await isAny(name, value, signal);
      if (problem !== undefined) return { problem };
      if (!isThere) return { data: undefined };
      if (path !== undefined) return { data: { title, path, query: {} } };
      return { data: { title, path: ['calls'], query: { [name]: value } } };
    },
  };
}

/** Of calling numbers, which the database would look for in all calls: those of lines that are still in use. */
function boundsOf(name: Name): CallQuery {
  return name === 'caller' || name === 'realCaller' ? { from: iso(Date.now() - CALLING_DAYS * DAY_MS) } : {};
}

/** Whether a call has the value. */
async function isAny(name: Name, value: string, signal: AbortSignal): Promise<Answer<boolean>> {
  const asked = name === 'calleeEndsWith' ? value : [value];
  const query: CallQuery = { [name]: asked, limit: 1, fields: ['answered'], ...boundsOf(name) };
  const { data, problem } = await answerOf(api.GET('/v1/calls', { params: { query }, signal }));
  return problem === undefined ? { data: data.data.length > 0 } : { problem };
}
