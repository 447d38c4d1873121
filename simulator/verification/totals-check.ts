import type { ExpectedTask } from './expected-totals.js';
import { isObject, type LedgerApi } from './ledger-api.js';
import { pollUntilNone } from './poll.js';

/** The result of comparing the tasks' totals. */
export interface TotalsResult {
  readonly compared: number;
  /** The number of tasks with calls in pushes that were given up. Their right totals are not known. */
  readonly uncertain: number;
  /** One line for each task whose totals are wrong. */
  readonly wrong: readonly string[];
}

const FIGURES = ['calls', 'answered', 'totalDuration'] as const;

/** Compares `calls`, `answered` and `totalDuration` (seconds) of the tasks with what was sent. */
export async function checkTotals(
  api: LedgerApi,
  tasks: readonly ExpectedTask[],
  timeoutMs: number,
): Promise<TotalsResult> {
  const certain = tasks.filter(({ exact }) => exact);
  let open = certain;
  const wrong = new Map<string, string>();
  await pollUntilNone(async () => {
    wrong.clear();
    for (const task of open) {
      const problem = await compare(api, task);
      if (problem !== undefined) wrong.set(task.taskId, problem);
    }
    open = open.filter(({ taskId }) => wrong.has(taskId));
    return open.length;
  }, timeoutMs);
  return { compared: certain.length, uncertain: tasks.length - certain.length, wrong: [...wrong.values()] };
}

async function compare(api: LedgerApi, task: ExpectedTask): Promise<string | undefined> {
  const { status, body } = await api.get(`/v1/tasks/${task.taskId}`);
  if (status !== 200 || !isObject(body)) return `task ${task.taskId}: the API answers ${status}`;
  const expected = { calls: task.sent, answered: task.answered, totalDuration: task.totalDuration };
  const wrong = FIGURES.filter((figure) => body[figure] !== expected[figure]);
  if (wrong.length === 0) return undefined;
  const figures = wrong.map((figure) => `${figure} ${String(body[figure])} instead of ${expected[figure]}`);
  return `task ${task.taskId}: ${figures.join(', ')}`;
}
