// A call as its row holds it, in memory.
import type { CallRecord } from '../reading/call-record.dto.js';
import type { Delivery } from '../delivery.js';
import type { FieldWarning, ReadCall } from '../reading/record-reader.js';

/** One content of a call and the delivery that brought it. Times are epoch milliseconds. */
export interface CallState {
  readonly record: CallRecord;
  readonly source: string;
  readonly occurredAt: number;
  readonly answered: boolean;
  readonly answerDelay: number | null;
  /** JSON text of an object. */
  readonly extra: string | null;
  readonly warnings: readonly FieldWarning[] | null;
  /** 32 hexadecimal digits. */
  readonly contentHash: string;
  readonly revision: number;
  readonly firstReceivedAt: number;
  readonly lastReceivedAt: number;
  readonly deliveryId: string;
}

/** The state of a call that nothing was known of before this delivery. Spreading the call took 4 µs of a record's 60. */
export function firstState(call: ReadCall, delivery: Delivery): CallState {
  return {
    record: call.record,
    answered: call.answered,
    answerDelay: call.answerDelay,
    extra: call.extra,
    warnings: call.warnings,
    contentHash: call.contentHash,
    source: delivery.source,
    occurredAt: call.occurredAt ?? delivery.receivedAt,
    revision: 1,
    firstReceivedAt: delivery.receivedAt,
    lastReceivedAt: delivery.receivedAt,
    deliveryId: delivery.id,
  };
}

/** JSON text of a content for the history: the API's fields, times ISO 8601 UTC. */
export function contentJson(state: CallState): string {
  const { record } = state;
  const time = (epochMs: number | null) => (epochMs === null ? null : new Date(epochMs).toISOString());
  const fields = {
    ...record,
    originateTime: time(record.originateTime),
    ringTime: time(record.ringTime),
    startTime: time(record.startTime),
    endTime: time(record.endTime),
    bOriginateTime: time(record.bOriginateTime),
    bRingTime: time(record.bRingTime),
    bStartTime: time(record.bStartTime),
    bEndTime: time(record.bEndTime),
    occurredAt: time(state.occurredAt),
    answered: state.answered,
    source: state.source,
    warnings: state.warnings,
  };
  return `${JSON.stringify(fields).slice(0, -1)},"extra":${state.extra ?? 'null'}}`;
}
