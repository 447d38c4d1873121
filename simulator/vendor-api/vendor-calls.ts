import type { CallFactory } from '../records/call-factory.js';
import { shanghaiTime } from '../records/shanghai-time.js';

/** An entry of a task: a person, and the last call to that person. */
export interface VendorEntry {
  readonly detail: number;
  readonly call: number;
  /** Epoch milliseconds. */
  readonly callingTime: number | null;
  readonly isConnected: boolean;
}

/** A task with its counts. */
export interface TaskCounts {
  readonly task: number;
  /** All calls, redials and calls that are never pushed included. */
  calls: number;
  /** Calls of today in Shanghai. */
  callsToday: number;
  readonly entries: VendorEntry[];
}

/** What the vendor knows of all calls of a run, from the seed alone. */
export class VendorCalls {
  private readonly tasks: readonly TaskCounts[];
  private readonly entries = new Map<number, VendorEntry>();

  constructor(
    readonly factory: CallFactory,
    nowMs: number,
  ) {
    const { tasks, calls } = factory.options;
    this.tasks = Array.from({ length: tasks }, (_, task) => ({ task, calls: 0, callsToday: 0, entries: [] }));
    const today = shanghaiTime(nowMs).slice(0, 10);
    for (let call = 0; call < calls; call += 1) {
      const counts = this.tasks[factory.taskOf(call)];
      if (counts === undefined) continue;
      counts.calls += 1;
      const { originateTime, startTime } = factory.facts(call, 0);
      if (originateTime !== null && shanghaiTime(originateTime).startsWith(today)) counts.callsToday += 1;
      const detail = factory.detailOf(call);
      const isConnected = startTime !== null;
      this.entries.set(detail, { detail, call, callingTime: originateTime, isConnected });
    }
    for (const entry of this.entries.values()) this.tasks[factory.taskOf(entry.call)]?.entries.push(entry);
  }

  get all(): readonly TaskCounts[] {
    return this.tasks;
  }

  ofTask(taskId: string): TaskCounts | undefined {
    return this.tasks.find(({ task }) => this.factory.ids.taskId(task) === taskId);
  }

  /** The call with an id, if the task has it. */
  callOf(task: TaskCounts, callId: string): number | undefined {
    const call = this.factory.ids.callOf(callId);
    const isKnown =
      call !== undefined &&
      call < this.factory.options.calls &&
      this.factory.callIdOf(call) === callId &&
      this.factory.taskOf(call) === task.task;
    return isKnown ? call : undefined;
  }

  entryOf(task: TaskCounts, detailId: string): VendorEntry | undefined {
    const detail = this.factory.ids.detailOf(detailId);
    const entry = detail === undefined ? undefined : this.entries.get(detail);
    return entry !== undefined && this.factory.taskOf(entry.call) === task.task ? entry : undefined;
  }
}
