// The vendor's note of a conversation (message AlicomAgentCallNote). Like CallRecord, it states each field once.
import {
  CallKey,
  Count,
  fieldsOf,
  Identifier,
  Intent,
  Json,
  Reference,
  TelephoneNumber,
} from './field-decorators.js';

/** One note after it was read. Every field except callId may be missing. */
export class CallNote {
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

  @Intent({
    description: 'The intent of the person who was called. A value longer than 64 bytes is kept in `extra`.',
    example: 'A',
  })
  majorIntent: string | null = null;

  /** JSON text of an object. */
  @Json({
    description: "The customer's own tags. A value is a text or a list of texts.",
    example: '{"是否来店": "是"}',
    type: 'object',
  })
  outputTags: string | null = null;

  /** JSON text of the turns: `[{"role", "content"}]`. */
  @Json({
    description:
      'The conversation: a text that holds JSON, an array of `{"role", "content"}`. It is empty when it is over the limit for messages.',
    example: '[{"role":"assistant","content":"您好"},{"role":"user","content":"喂"}]',
    type: 'string',
  })
  conversationRecord: string | null = null;

  @Count({ description: 'Which attempt to reach the person this call was. The first one is 1.', example: 1 })
  call_times: number | null = null;

  @TelephoneNumber({ description: 'The number that was shown to the callee.', example: '05710000001' })
  realCaller: string | null = null;
}

export const NOTE_FIELDS = fieldsOf(CallNote);
