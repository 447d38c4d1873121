import { isAskable } from '../state/askable.js';
import { answerOf, api } from './client.js';
import { may } from './session.js';
import { useAsk } from './use-ask.js';

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
