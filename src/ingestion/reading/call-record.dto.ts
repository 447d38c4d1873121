// The vendor's call record (message AlicomAgentCallReport): its fields, each with its rules, stand here once.
import { CallKey, Code, Identifier, Message, Seconds, Time } from './field-decorators.js';

/**
 * One call record, read: texts trimmed, empty fields null, times in epoch milliseconds, durations in seconds.
 * Any field but callId may be missing. No field is ever checked against another: the vendor's own example
 * contradicts itself.
 */
export class CallRecord {
  @CallKey({ description: 'The call; unique.', example: '100001611234^100001811234' })
  callId!: string;

  @Identifier({ description: 'The calling task (campaign).', example: '118100000000000001' })
  taskId: string | null = null;

  @Identifier({ description: 'The batch of numbers imported into the task.', example: 'B20250601' })
  batchId: string | null = null;

  @Identifier({
    description: 'The entry (one person to call) of the task; a redial gives it another callId.',
    example: '9662000000000001',
  })
  detailId: string | null = null;

  @Identifier({ description: "The caller's own reference from the original request.", example: '123456' })
  outId: string | null = null;

  @Time({ description: 'The voice service started the call to the carrier.', example: '2025-06-01 09:59:45' })
  originateTime: number | null = null;

  @Time({ description: 'The caller began to hear ringback.', example: '2025-06-01 09:59:50' })
  ringTime: number | null = null;

  @Time({ description: 'The callee answered; null if not answered.', example: '2025-06-01 10:00:00' })
  startTime: number | null = null;

  @Time({ description: 'The call ended; null if it did not connect.', example: '2025-06-01 10:05:30' })
  endTime: number | null = null;

  @Seconds({ description: 'Length of the call in seconds; 0 if it did not connect.', example: 330 })
  duration: number | null = null;

  @Time({ description: 'Start of the second leg, to the callee.', example: '2025-06-01 09:59:48' })
  bOriginateTime: number | null = null;

  @Time({ description: 'The second leg began to ring.', example: '2025-06-01 09:59:52' })
  bRingTime: number | null = null;

  @Time({ description: 'The second leg was answered.', example: '2025-06-01 09:59:55' })
  bStartTime: number | null = null;

  @Time({ description: 'The second leg ended.', example: '2025-06-01 10:05:25' })
  bEndTime: number | null = null;

  @Seconds({ description: 'Length of the second leg in seconds.', example: 320 })
  bDuration: number | null = null;

  @Code({ description: "The carrier's result. Codes are an open list.", example: '200000' })
  statusCode: string | null = null;

  @Code({ description: "The product's own result. Codes are an open list.", example: 'ANSWERED' })
  smartStatusCode: string | null = null;

  @Message({ description: 'The result in words.', example: 'Call ended normally' })
  statusMsg: string | null = null;

  @Code({ description: "The service instance's number.", example: '05710000000' })
  caller: string | null = null;

  @Code({ description: 'The number that was shown.', example: '05710000001' })
  realCaller: string | null = null;

  @Code({ description: 'The person called.', example: '13900000000' })
  callee: string | null = null;

  @Code({ description: 'Who hung up: `User` or `Machine`.', example: 'User' })
  hangupDirection: string | null = null;
}
