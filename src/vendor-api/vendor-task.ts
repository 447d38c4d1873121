import type { AnswerObject } from './answer-object.js';

/** What the vendor says about a task. Null: it does not say. Times are epoch milliseconds. */
export interface VendorTask {
  readonly taskId: string;
  readonly taskName: string | null;
  readonly status: VendorTaskStatus;
  /** All calls so far, redials included. */
  readonly totalCallCount: number | null;
  /** The calls of today. */
  readonly dayCallCount: number | null;
  /** Calls that are under way. */
  readonly callingCount: number | null;
  /** Entries, and those that succeeded and failed. */
  readonly totalCount: number | null;
  readonly succeedCount: number | null;
  readonly failedCount: number | null;
  readonly createTime: number | null;
  readonly startTime: number | null;
  readonly realStartTime: number | null;
}

type VendorTaskStatus = 'initial' | 'running' | 'stopped' | 'failed' | 'unknown';

/** Answers have the numbers, the filter of the request has the words. */
const STATUSES: ReadonlyMap<string, VendorTaskStatus> = new Map([
  ['0', 'initial'],
  ['INIT', 'initial'],
  ['1', 'running'],
  ['RUNNING', 'running'],
  ['2', 'stopped'],
  ['STOPPED', 'stopped'],
  ['3', 'failed'],
  ['FAILED', 'failed'],
]);

export function readVendorTask(row: AnswerObject): VendorTask {
  return {
    taskId: row.requiredText('TaskId'),
    taskName: row.text('TaskName'),
    status: STATUSES.get(row.text('Status') ?? '') ?? 'unknown',
    totalCallCount: row.count('TotalCallCount'),
    dayCallCount: row.count('DayCallCount'),
    callingCount: row.count('CallingCount'),
    totalCount: row.count('TotalCount'),
    succeedCount: row.count('SucceedCount'),
    failedCount: row.count('FailedCount'),
    createTime: row.instant('CreateTime'),
    startTime: row.instant('StartTime'),
    realStartTime: row.instant('RealStartTime'),
  };
}
