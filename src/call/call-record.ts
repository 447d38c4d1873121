// The vendor's call record (message AlicomAgentCallReport). It states each field once. What reads, stores, queries,
// exports and masks the fields is made from these decorators.
import { HANGUP_DIRECTIONS, SMART_STATUS_CODES, STATUS_CODES } from '../codes/status-codes.js';
import {
  CallKey,
  Code,
  fieldsOf,
  Identifier,
  type Instant,
  Message,
  namesOfKind,
  Reference,
  Seconds,
  TelephoneNumber,
  Time,
  type VendorField,
} from './field-decorators.js';

/**
 * One call record after it was read: texts are trimmed, empty fields are null, times are in epoch milliseconds, and
 * durations are in seconds. Every field except callId may be missing. Fields are not checked against each other,
 * because the vendor's own example contradicts itself.
 */
export class CallRecord {
  @CallKey({ description: 'The ID of the call. It is unique.', example: '100001611234^100001811234' })
  callId!: string;

  @Identifier({ description: 'The ID of the calling task (campaign).', example: '118100000000000001' })
  taskId: string | null = null;

  @Identifier({
    description: 'The ID of the batch of numbers that was imported into the task.',
    example: 'B20250601',
  })
  batchId: string | null = null;

  @Identifier({
    description: 'The ID of the entry (one person to call) in the task.',
    inPushes:
      'The ID of the entry (one person to call) in the task. A redial has the same detailId and another callId.',
    example: '9662000000000001',
  })
  detailId: string | null = null;

  @Reference({
    description: "The caller's own reference.",
    inPushes: "The caller's own reference, from the original request.",
    example: '123456',
  })
  outId: string | null = null;

  @Time({
    description: 'When the voice service started the call.',
    inPushes: 'When the voice service started the call to the carrier.',
    example: '2025-06-01 09:59:45',
  })
  originateTime: Instant | null = null;

  @Time({ description: 'When the caller began to hear the ringback tone.', example: '2025-06-01 09:59:50' })
  ringTime: Instant | null = null;

  @Time({
    description: 'When the callee answered.',
    inPushes: 'When the callee answered. It is null if the call was not answered.',
    example: '2025-06-01 10:00:00',
  })
  startTime: Instant | null = null;

  @Time({
    description: 'When the call ended.',
    inPushes: 'When the call ended. It is null if the call did not connect.',
    example: '2025-06-01 10:05:30',
  })
  endTime: Instant | null = null;

  @Seconds({
    description: 'The length of the call in seconds.',
    inPushes: 'The length of the call in seconds. It is 0 if the call did not connect.',
    example: 330,
  })
  duration: number | null = null;

  @Time({ description: 'When the second leg, to the callee, was started.', example: '2025-06-01 09:59:48' })
  bOriginateTime: Instant | null = null;

  @Time({ description: 'When the second leg began to ring.', example: '2025-06-01 09:59:52' })
  bRingTime: Instant | null = null;

  @Time({ description: 'When the second leg was answered.', example: '2025-06-01 09:59:55' })
  bStartTime: Instant | null = null;

  @Time({ description: 'When the second leg ended.', example: '2025-06-01 10:05:25' })
  bEndTime: Instant | null = null;

  @Seconds({ description: 'The length of the second leg in seconds.', example: 320 })
  bDuration: number | null = null;

  @Code({
    description: "The carrier's result.",
    inPushes: "The carrier's result. New codes may appear.",
    example: '200000',
    codes: STATUS_CODES,
  })
  statusCode: string | null = null;

  @Code({
    description: "The product's own result.",
    inPushes: "The product's own result. New codes may appear.",
    example: 'ANSWERED',
    codes: SMART_STATUS_CODES,
  })
  smartStatusCode: string | null = null;

  @Message({ description: 'The result in words.', example: 'Call ended normally' })
  statusMsg: string | null = null;

  @TelephoneNumber({ description: 'The number of the service instance.', example: '05710000000' })
  caller: string | null = null;

  @TelephoneNumber({ description: 'The number that was shown to the callee.', example: '05710000001' })
  realCaller: string | null = null;

  @TelephoneNumber({ description: 'The number of the person who was called.', example: '13900000000' })
  callee: string | null = null;

  @Code({
    description: 'Who hung up.',
    inPushes: 'Who hung up: `User` or `Machine`.',
    example: 'User',
    codes: HANGUP_DIRECTIONS,
  })
  hangupDirection: string | null = null;
}

export type FieldName = keyof CallRecord;

/** All fields, in the order in which the API returns them. */
export const VENDOR_FIELDS = fieldsOf(CallRecord);
export const FIELD_NAMES: readonly FieldName[] = VENDOR_FIELDS.map(({ name }) => name);
export const TEXT_FIELDS = namesOfKind(CallRecord, 'text');
export const TIME_FIELDS = namesOfKind(CallRecord, 'time');
export const TELEPHONE_NUMBERS = namesOf(({ numbers }) => numbers === 'number');
/** The fields that only identify the call or what it belongs to. They say nothing about what happened. */
export const IDENTIFIERS = namesOf(({ identifies }) => identifies !== undefined);

/** The names of the fields for which the condition is true. */
export function namesOf(belongs: (field: VendorField) => boolean): readonly FieldName[] {
  return VENDOR_FIELDS.filter(belongs).map(({ name }) => name);
}

/** Copies all fields of one record into another. */
export function copyFields(from: CallRecord, to: CallRecord): void {
  for (const name of FIELD_NAMES) copyField(from, to, name);
}

function copyField<Name extends FieldName>(from: CallRecord, to: CallRecord, name: Name): void {
  to[name] = from[name];
}
