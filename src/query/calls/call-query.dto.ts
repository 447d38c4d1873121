import { IntersectionType } from '@nestjs/swagger';
import {
  BooleanParameter,
  ChoiceParameter,
  ChoicesParameter,
  DigitsParameter,
  InstantParameter,
  IntegerParameter,
  ListParameter,
  RepeatedParameter,
  TimeZoneParameter,
} from '../../http/parameters/parameters.js';
import { PageQuery } from '../../http/parameters/page.js';
import { text } from '../../http/parameters/value-rules.js';
import { RECORDING_STATES } from './call-messages.dto.js';
import { LISTED_FIELDS, type ListedField } from './call-names.js';

const MOST_TAGS = 20;
const TAG = text({
  maxLength: 1024,
  pattern: '^[^:\\x00]+:[^\\x00]*$',
  expected: 'must be a name, a colon and a value',
  type: 'must be text',
});
const LONGEST_DURATION = 2_147_483_647;

/** Which calls. All conditions must hold. */
export class CallConditions {
  @InstantParameter({
    description: 'Calls that occurred at this time or later.',
    example: '2025-06-01T00:00:00+08:00',
  })
  from?: string;

  @InstantParameter({ description: 'Calls that occurred before this time.', example: '2025-06-02' })
  to?: string;

  @InstantParameter({
    description: 'Calls whose content was received at this time or later.',
    example: '2025-06-01',
  })
  receivedFrom?: string;

  @InstantParameter({
    description: 'Calls whose content was received before this time.',
    example: '2025-06-02',
  })
  receivedTo?: string;

  @TimeZoneParameter()
  timeZone?: string;

  @ListParameter({ description: 'The source that pushed the call.', example: 'vendor' })
  source?: string[];

  @ListParameter({ description: 'The calling task.', example: '118100000000000001' })
  taskId?: string[];

  @ListParameter({ description: 'The batch.', example: 'B20250601' })
  batchId?: string[];

  @ListParameter({ description: 'The entry of the task.', example: '9662000000000001' })
  detailId?: string[];

  @ListParameter({ description: "The caller's own reference.", example: '123456' })
  outId?: string[];

  @ListParameter({ description: 'The call.', example: '100001611234^100001811234' })
  callId?: string[];

  @ListParameter({
    description:
      "The service instance's number, in any form: with or without country code 86, 0 and separators.",
    example: '05710000000',
  })
  caller?: string[];

  @ListParameter({
    description: 'The number that was shown to the callee, in any form.',
    example: '05710000001',
  })
  realCaller?: string[];

  @ListParameter({
    description:
      'The complete number that was called, in any form. Searches by number are limited for each key, and recorded in the audit.',
    example: '13900000000',
  })
  callee?: string[];

  @DigitsParameter(
    {
      description:
        'The last digits of the number that was called, 4 or more. Without the scope `numbers:read`, exactly 4; it finds only numbers with 11 digits or more, and cannot be used together with `callId`, `outId`, `detailId`, `caller`, `realCaller` or `callee`.',
      example: '0000',
    },
    4,
    32,
  )
  calleeEndsWith?: string;

  @ListParameter({ description: "The carrier's result.", example: '200000' })
  statusCode?: string[];

  @ListParameter({ description: "The product's own result.", example: 'ANSWERED' })
  smartStatusCode?: string[];

  @ListParameter({ description: 'Who hung up.', example: 'User' })
  hangupDirection?: string[];

  @BooleanParameter({ description: 'Whether the callee answered.', example: true })
  answered?: boolean;

  @IntegerParameter(
    { description: 'Seconds that the call lasted at least.', example: 10 },
    0,
    LONGEST_DURATION,
  )
  minDuration?: number;

  @IntegerParameter(
    { description: 'Seconds that the call lasted at most.', example: 600 },
    0,
    LONGEST_DURATION,
  )
  maxDuration?: number;

  @BooleanParameter({
    description: 'Whether the call has warnings: a field could not be read, or not completely.',
    example: false,
  })
  hasWarnings?: boolean;

  @ListParameter({ description: 'The intent that the note of the call names.', example: 'A' })
  majorIntent?: string[];

  @RepeatedParameter(
    {
      description:
        "A tag of the call's note and its value, as `name:value`. If the tag is a list, one element must be equal. Repeat the parameter for several tags: all must hold.",
      example: '是否来店:是',
    },
    TAG,
    MOST_TAGS,
  )
  tag?: string[];

  @BooleanParameter({ description: 'Whether the call has a note.', example: true })
  hasNote?: boolean;

  @BooleanParameter({ description: 'Whether the call has a recording, in any state.', example: true })
  hasRecording?: boolean;

  @ChoicesParameter({ description: 'The state of its recording.', example: 'kept' }, RECORDING_STATES)
  recordingState?: string[];
}

/** Which calls, in which order. */
export class OrderedCalls extends CallConditions {
  @ChoiceParameter(
    { description: '`desc` (default): newest calls first. `asc`: oldest first.', example: 'desc' },
    ['desc', 'asc'],
    'desc',
  )
  order?: 'desc' | 'asc';
}

/** Which page of which calls, and which of their fields. */
export class CallQuery extends IntersectionType(PageQuery, OrderedCalls) {
  @ChoicesParameter(
    {
      description: 'The fields to return, in addition to `callId`. Default: all fields.',
      example: 'outId,answered',
    },
    LISTED_FIELDS,
  )
  fields?: ListedField[];
}
