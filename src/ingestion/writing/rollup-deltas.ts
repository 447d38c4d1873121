import type { CallState } from './call-state.js';

/** A rollup row covers a quarter-hour of UTC, in milliseconds. */
export const BUCKET_MS = 900_000;

/**
 * The change of one rollup row. Counts may be negative. Durations are in seconds, delays in milliseconds, and times in
 * epoch milliseconds.
 */
export interface RollupDelta {
  readonly bucketStart: number;
  readonly source: string;
  readonly taskId: string;
  readonly batchId: string;
  readonly statusCode: string;
  readonly smartStatusCode: string;
  readonly hangupDirection: string;
  /** Of the call's note. */
  readonly majorIntent: string;
  calls: number;
  answered: number;
  duration: number;
  bDuration: number;
  answerDelayMs: number;
  answerDelayCalls: number;
  firstOccurredAt: number | null;
  lastOccurredAt: number | null;
  /** The times of calls that left the row. One of them may have been the row's first or last time. */
  readonly lostTimes: Set<number>;
}

/** A call and the intent of its note, or empty text. */
export interface CalledWith {
  readonly state: CallState;
  readonly intent: string;
}

/** Adds up the changes that calls make to the rollups, by rollup row. */
export class RollupDeltas {
  private readonly deltas = new Map<string, RollupDelta>();

  /** @param intent the intent of the call's note, or empty text */
  add(state: CallState, intent: string): RollupDelta {
    const delta = this.deltaOf(state, intent);
    this.count(delta, state, 1);
    delta.firstOccurredAt = Math.min(delta.firstOccurredAt ?? Infinity, state.occurredAt);
    delta.lastOccurredAt = Math.max(delta.lastOccurredAt ?? -Infinity, state.occurredAt);
    return delta;
  }

  /** Counts the difference between two states of a call, each with the intent that its note had then. */
  replace(before: CalledWith, after: CalledWith): void {
    const left = this.deltaOf(before.state, before.intent);
    this.count(left, before.state, -1);
    const entered = this.add(after.state, after.intent);
    if (entered !== left || before.state.occurredAt !== after.state.occurredAt)
      left.lostTimes.add(before.state.occurredAt);
  }

  /** The deltas in the order of their keys. Every process locks the rows in this order. */
  sorted(): RollupDelta[] {
    return [...this.deltas].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, delta]) => delta);
  }

  private count(delta: RollupDelta, state: CallState, sign: 1 | -1): void {
    delta.calls += sign;
    if (state.answered) delta.answered += sign;
    delta.duration += sign * (state.record.duration ?? 0);
    delta.bDuration += sign * (state.record.bDuration ?? 0);
    if (state.answerDelay === null) return;
    delta.answerDelayMs += sign * state.answerDelay;
    delta.answerDelayCalls += sign;
  }

  private deltaOf(state: CallState, majorIntent: string): RollupDelta {
    const { record, source } = state;
    const bucketStart = Math.floor(state.occurredAt / BUCKET_MS) * BUCKET_MS;
    const [taskId, batchId] = [record.taskId ?? '', record.batchId ?? ''];
    const [statusCode, smartStatusCode] = [record.statusCode ?? '', record.smartStatusCode ?? ''];
    const hangupDirection = record.hangupDirection ?? '';
    const key = `${bucketStart}\0${source}\0${taskId}\0${batchId}\0${statusCode}\0${smartStatusCode}\0${hangupDirection}\0${majorIntent}`;
    const known = this.deltas.get(key);
    if (known !== undefined) return known;
    const delta: RollupDelta = {
      bucketStart,
      source,
      taskId,
      batchId,
      statusCode,
      smartStatusCode,
      hangupDirection,
      majorIntent,
      calls: 0,
      answered: 0,
      duration: 0,
      bDuration: 0,
      answerDelayMs: 0,
      answerDelayCalls: 0,
      firstOccurredAt: null,
      lastOccurredAt: null,
      lostTimes: new Set(),
    };
    this.deltas.set(key, delta);
    return delta;
  }
}
