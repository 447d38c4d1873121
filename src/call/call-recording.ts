// The vendor's message about a call's recording (AlicomAgentCallRecord). Like CallRecord, it states each field once.
import {
  CallKey,
  fieldsOf,
  Identifier,
  type Instant,
  Reference,
  Seconds,
  Time,
  Url,
} from './field-decorators.js';

/** The announcement of one recording after it was read. Every field except callId may be missing. */
export class CallRecording {
  @CallKey({ description: 'The ID of the call.', example: '100001611234^100001811234' })
  callId!: string;

  @Identifier({ description: 'The ID of the calling task (campaign).', example: '118100000000000001' })
  taskId: string | null = null;

  @Identifier({ description: 'The ID of the batch of numbers.', example: 'B20250601' })
  batchId: string | null = null;

  @Identifier({ description: 'The ID of the entry in the task.', example: '9662000000000001' })
  detailId: string | null = null;

  @Reference({ description: "The caller's own reference.", example: '123456' })
  outId: string | null = null;

  @Time({ description: 'When the recording starts.', example: '2025-06-01 10:00:00' })
  startTime: Instant | null = null;

  @Time({ description: 'When the recording ends.', example: '2025-06-01 10:05:30' })
  endTime: Instant | null = null;

  @Seconds({ description: 'The length of the recording in seconds.', example: 330 })
  duration: number | null = null;

  @Url({
    description: "The signed URL of the recording in the vendor's object store. It is valid for 7 days.",
    example: 'http://store.example.aliyuncs.com/a.wav?Signature=s',
  })
  recordFile: string | null = null;
}

export const RECORDING_FIELDS = fieldsOf(CallRecording);
