import type { PulledRecord } from '../../ingestion/pulled-calls.js';
import type { VendorConversation } from '../../vendor-api/vendor-conversation.js';
import type { MissingEntry } from '../../persistence/schema/entities/completeness.entities.js';

/** A call as a push would bring it, or why the vendor's answer is not the call of the entry. */
export type Pulled = { readonly record: PulledRecord } | { readonly unrepairable: string };

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
  return {
    record: {
      callId,
      taskId: entry.taskId,
      detailId: entry.detailId,
      outId: answer.outId ?? entry.outId,
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

/** With an offset, so that PUSH_TIME_ZONE does not matter. */
function iso(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}
