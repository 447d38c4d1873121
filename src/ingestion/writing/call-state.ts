// The content of a row of `calls`, `call_notes` or `call_recordings` in memory.
import type { CallNote } from '../../call/call-note.js';
import { type CallRecord, TIME_FIELDS } from '../../call/call-record.js';
import type { CallRecording } from '../../call/call-recording.js';
import type { Delivery } from '../delivery.js';
import type { FieldWarning } from '../reading/message-reader.js';
import type { MessageKind } from '../reading/message-kind.js';
import type { ReadCall, ReadMessage } from '../reading/record-reader.js';

/** The values by which rows of calls are compared. Times are in epoch milliseconds. */
export interface Standing {
  readonly callId: string;
  readonly source: string;
  /** Whether it comes from the vendor's query API rather than from a push. */
  readonly pulled: boolean;
  /** 32 hexadecimal digits. */
  readonly contentHash: string;
  /** When the first record of the call was received, with any content. */
  readonly firstReceivedAt: number;
  /** When this content was last received. */
  readonly lastReceivedAt: number;
  /** The delivery of that last receipt. */
  readonly lastDeliveryId: string;
  /** The delivery that brought the row's content. It is the call's place in the feed. */
  readonly deliveryId: string;
}

/** What every message has. */
export type Identified = Pick<CallRecord, 'callId'>;

/** The content of a message, ready for its row. */
export interface MessageState<Message extends Identified = Identified> extends Standing {
  readonly record: Message;
  /** JSON text of an object. */
  readonly extra: string | null;
  readonly warnings: readonly FieldWarning[] | null;
  readonly revision: number;
}

export type NoteState = MessageState<CallNote>;
export type RecordingState = MessageState<CallRecording>;

/** The content of a call, ready for its row. */
export interface CallState extends MessageState<CallRecord> {
  readonly occurredAt: number;
  readonly answered: boolean;
  readonly answerDelay: number | null;
}

/**
 * The state of a call that this delivery makes known. Each field is listed, because spreading the call took 4 µs of a
 * record's 60 µs.
 */
export function firstState(call: ReadCall, delivery: Delivery): CallState {
  return {
    callId: call.record.callId,
    record: call.record,
    answered: call.answered,
    answerDelay: call.answerDelay,
    extra: call.extra,
    warnings: call.warnings,
    contentHash: call.contentHash,
    source: delivery.source,
    pulled: delivery.via === 'pull',
    occurredAt: call.occurredAt ?? delivery.receivedAt,
    revision: 1,
    firstReceivedAt: delivery.receivedAt,
    lastReceivedAt: delivery.receivedAt,
    lastDeliveryId: delivery.id,
    deliveryId: delivery.id,
  };
}

/** The state of a note or a recording that this delivery makes known. */
export function firstMessageState<Message extends Identified>(
  { record, extra, warnings, contentHash }: ReadMessage<MessageKind, Message>,
  { id, source, receivedAt, via }: Delivery,
): MessageState<Message> {
  return {
    ...{
      callId: record.callId,
      record,
      extra,
      warnings,
      contentHash,
      source,
      revision: 1,
      pulled: via === 'pull',
    },
    ...{ firstReceivedAt: receivedAt, lastReceivedAt: receivedAt, lastDeliveryId: id, deliveryId: id },
  };
}

/** A key for the record of one call in one delivery. */
export function recordKey({ deliveryId, callId }: Pick<Standing, 'deliveryId' | 'callId'>): string {
  return `${deliveryId} ${callId}`;
}

/** The JSON text of a content for the history. It has the fields of the API, with times in ISO 8601 UTC. */
export function contentJson(state: CallState): string {
  const { record } = state;
  const time = (epochMs: number | null) => (epochMs === null ? null : new Date(epochMs).toISOString());
  const fields: Record<string, unknown> = {
    ...record,
    occurredAt: time(state.occurredAt),
    answered: state.answered,
    source: state.source,
    provenance: state.pulled ? 'pulled' : 'pushed',
    warnings: state.warnings,
  };
  for (const name of TIME_FIELDS) fields[name] = time(record[name]);
  return `${JSON.stringify(fields).slice(0, -1)},"extra":${state.extra ?? 'null'}}`;
}
