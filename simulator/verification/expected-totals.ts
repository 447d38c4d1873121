import type { CallStates } from '../pushing/call-states.js';
import type { CallFactory } from '../records/call-factory.js';

/** The totals that a task must have, as far as that is certain. Durations are in seconds. */
export interface ExpectedTask {
  readonly taskId: string;
  sent: number;
  acknowledged: number;
  answered: number;
  totalDuration: number;
  /** False if a push was given up, because its calls, or its versions of them, may be stored or not. */
  exact: boolean;
}

/** Computes the expected totals of every task from the seed and the acknowledged pushes. */
export function expectedTasks(factory: CallFactory, states: CallStates): ExpectedTask[] {
  const tasks = Array.from({ length: factory.options.tasks }, (_, task): ExpectedTask => {
    return {
      taskId: factory.ids.taskId(task),
      sent: 0,
      acknowledged: 0,
      answered: 0,
      totalDuration: 0,
      exact: true,
    };
  });
  for (let call = 0; call < states.calls; call += 1) {
    const [version, other] = states.possibleVersions(call);
    const task = tasks[factory.taskOf(call)];
    if (version === undefined || task === undefined) continue;
    const { smartStatusCode, duration } = factory.facts(call, version);
    task.sent += 1;
    if (states.isAcknowledged(call)) task.acknowledged += 1;
    if (smartStatusCode === 'ANSWERED') task.answered += 1;
    task.totalDuration += duration;
    if (other !== undefined || !states.isAcknowledged(call)) task.exact = false;
  }
  return tasks.filter(({ sent }) => sent > 0);
}
