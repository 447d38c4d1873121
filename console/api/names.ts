import { isAskable } from '../state/askable.js';
import { answerOf, api } from './client.js';
import { may } from './session.js';
import { rowsOf } from './stats.js';
import { useAsk } from './use-ask.js';

/** The most values that the API takes in one list. */
const MOST_IDS = 100;

/** The names of campaigns, by their ids. Empty until they are there, and for keys that may not see statistics. */
export function useTaskNames(taskIds: readonly string[] | undefined): ReadonlyMap<string, string> {
  const ids = may('stats:read') ? askable(taskIds ?? []).slice(0, MOST_IDS) : [];
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

function askable(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id) => id !== '' && isAskable(id)))];
}
