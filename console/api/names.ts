import { isAskable } from '../state/askable.js';
import { answerOf, api } from './client.js';
import { may } from './session.js';
import { useAsk } from './use-ask.js';

<<<<<<< HEAD
=======
type Call = Pick<Schemas['SelectedCall'], 'taskId' | 'batchId' | 'occurredAt'>;

export interface Names {
  readonly task: (taskId: string | null | undefined) => string | null;
  readonly batch: (taskId: string | null | undefined, batchId: string | null | undefined) => string | null;
}

/** The ends of ranges that the statistics know. */
const QUARTER_MS = 15 * MINUTE_MS;
/** The most values that the API takes in one list. */
const MOST_IDS = 100;

/** Without names until they are there, and for keys that may not see statistics. */
export function useNames(calls: readonly Call[] | undefined): Names {
  const query = may('stats:read') && calls !== undefined ? queryOf(calls) : undefined;
  const asked = useAsk(
    `names ${JSON.stringify(query)}`,
    query && ((signal) => rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query }, signal })))),
  );
  return namesIn(asked.data ?? []);
}

/** The sums of just the times and the batches of the calls: a few rows. Undefined: there is nothing to ask for. */
function queryOf(calls: readonly Call[]) {
  const times = calls.map(({ occurredAt = '' }) => Date.parse(occurredAt)).filter(Number.isFinite);
  const taskId = idsOf(calls.map((call) => call.taskId));
  if (taskId.length === 0 || times.length === 0) return undefined;
  const batchId = idsOf(calls.map((call) => call.batchId));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return {
    from: iso(Math.floor(first / QUARTER_MS) * QUARTER_MS),
    to: iso(Math.floor(last / QUARTER_MS) * QUARTER_MS + QUARTER_MS),
    groupBy: ['taskId' as const, 'batchId' as const],
    taskId,
    ...(batchId.length > 0 && { batchId }),
  };
}

/** The names of campaigns, by their ids. Empty until they are there, and for keys that may not see statistics. */
export function useTaskNames(taskIds: readonly string[] | undefined): ReadonlyMap<string, string> {
  const ids = may('stats:read') ? idsOf(taskIds ?? []).slice(0, MOST_IDS) : [];
  const query = { taskId: ids, groupBy: ['taskId' as const] };
  const asked = useAsk(
    `names of ${JSON.stringify(ids)}`,
    ids.length === 0
      ? undefined
      : (signal) => rowsOf(answerOf(api.GET('/v1/stats/calls', { params: { query }, signal }))),
  );
  return new Map(
    (asked.data ?? []).flatMap(({ taskId, taskName }) => (taskId && taskName ? [[taskId, taskName]] : [])),
  );
}

function idsOf(ids: readonly (string | null | undefined)[]): string[] {
  return [...new Set(ids.flatMap((id) => (id && isAskable(id) ? [id] : [])))];
}

function namesIn(rows: readonly StatsRow[]): Names {
  const tasks = new Map(rows.map((row) => [row.taskId ?? null, row.taskName ?? null]));
  const keyOf = (taskId: string | null | undefined, batchId: string | null | undefined) =>
    JSON.stringify([taskId ?? null, batchId ?? null]);
  const batches = new Map(rows.map((row) => [keyOf(row.taskId, row.batchId), row.batchName ?? null]));
  return {
    task: (taskId) => tasks.get(taskId ?? null) ?? null,
    batch: (taskId, batchId) => batches.get(keyOf(taskId, batchId)) ?? null,
  };
}

>>>>>>> rest23
/** The name of one campaign, wherever its id stands alone. */
export function useTaskName(taskId: string | undefined): string | undefined {
  const isAsked = taskId !== undefined && taskId !== '' && isAskable(taskId) && may('stats:read');
  const asked = useAsk(
    `name ${taskId ?? ''}`,
    isAsked
      ? (signal) => answerOf(api.GET('/v1/tasks/{taskId}', { params: { path: { taskId } }, signal }))
      : undefined,
  );
  return asked.data?.taskName ?? undefined;
}
