// Some fields of a call.
import { withCallNumbers } from '../../security/masking/answer-mask.js';
import type { CallDto, SelectedCall } from './call.dto.js';

/** The fields of a call, in the order in which lists and exports give them. */
export const CALL_FIELDS = [
  'callId',
  'taskId',
  'batchId',
  'detailId',
  'outId',
  'originateTime',
  'ringTime',
  'startTime',
  'endTime',
  'duration',
  'bOriginateTime',
  'bRingTime',
  'bStartTime',
  'bEndTime',
  'bDuration',
  'statusCode',
  'smartStatusCode',
  'statusMsg',
  'caller',
  'realCaller',
  'callee',
  'hangupDirection',
  'occurredAt',
  'answered',
  'source',
  'extra',
  'warnings',
  'revision',
  'firstReceivedAt',
  'lastReceivedAt',
  'deliveryId',
] as const satisfies readonly (keyof CallDto)[];

export type CallField = (typeof CALL_FIELDS)[number];

/** The call with these fields and its `callId` alone. Its numbers are masked in them also where their own fields are left out. */
export function withFields(call: CallDto, fields: readonly CallField[]): SelectedCall {
  const selected = {
    callId: call.callId,
    ...Object.fromEntries(fields.map((field) => [field, call[field]])),
  };
  return withCallNumbers(selected, [call]);
}
