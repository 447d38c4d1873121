import type { PulledRecord } from '../../ingestion/pulled-calls.js';
import type { VendorConversation } from '../../vendor-api/vendor-conversation.js';
import type { MissingEntry } from '../../persistence/schema/entities/completeness.entities.js';

/** A call as a push would bring it, or why the vendor's answer is not the call of the entry. */
export type Pulled =
  | {
      readonly record: PulledRecord;
      /** The note and the recording of the call, if the vendor has them. */
      readonly messages: readonly PulledRecord[];
    }
  | { readonly unrepairable: string };

const NOT_ENCRYPTED = new Set([null, '0']);

/**
 * Makes a record of the vendor's answer for an entry. Nothing is guessed: an answer that names another call is none.
 *
 * @param answer undefined when the vendor has no such call
 */
export function pulledRecord(entry: MissingEntry, answer: VendorConversation | undefined): Pulled {
  if (answer === undefined) return { unrepairable: 'The vendor has no call of this entry any more.' };
  const isOther =
    (answer.detailId !== null && answer.detailId !== entry.detailId) ||
    (answer.taskId !== null && answer.taskId !== entry.taskId) ||
    (answer.callId !== null && entry.callId !== null && answer.callId !== entry.callId);
  if (isOther) return { unrepairable: 'The vendor answered with the call of another entry.' };
  const callId = answer.callId ?? entry.callId;
  if (callId === null)
    return { unrepairable: 'The vendor does not say the callId, without which a call cannot be kept.' };
  // A hash is no telephone number, and it shows the number to whoever tries all numbers.
  const callee = NOT_ENCRYPTED.has(answer.encryptionType) ? answer.calledPhone : null;
  const ids = {
    callId,
    taskId: entry.taskId,
    detailId: entry.detailId,
    outId: answer.outId ?? entry.outId,
  };
  return {
    messages: [...noteOf(ids, answer), ...recordingOf(ids, answer)],
    record: {
      ...ids,
      caller: answer.callerPhone,
      callee,
      originateTime: iso(answer.startCallTime),
      startTime: iso(answer.pickUpTime),
      endTime: iso(answer.releaseTime),
      duration: answer.duration,
      statusCode: answer.statusCode,
      smartStatusCode: answer.smartStatusCode,
      statusMsg: answer.statusMsg,
      hangupDirection: answer.hangupDirection,
    },
  };
}

function noteOf(ids: PulledRecord, answer: VendorConversation): PulledRecord[] {
  const { majorIntent, conversationRecord, outputTags } = answer;
  if (isEmpty(majorIntent) && isEmpty(conversationRecord) && outputTags.length === 0) return [];
  const tags = Object.fromEntries(outputTags.map(({ name, value }) => [name, value]));
  return [{ ...ids, majorIntent, outputTags: outputTags.length === 0 ? null : tags, conversationRecord }];
}

function recordingOf(ids: PulledRecord, answer: VendorConversation): PulledRecord[] {
  const { recordingUrl, pickUpTime, releaseTime, duration } = answer;
  if (isEmpty(recordingUrl)) return [];
  return [
    {
      ...ids,
      startTime: iso(pickUpTime),
      endTime: iso(releaseTime),
      duration,
      recordFile: recordingUrl,
    },
  ];
}

function isEmpty(text: string | null): boolean {
  return text === null || text === '';
}

/** With an offset, so that PUSH_TIME_ZONE does not matter. */
function iso(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}
