import {
  listOf,
  oneOrMore,
  CURSOR,
  Field,
  INSTANT,
  integer,
  list,
  object,
  oneOf,
  OptionalField,
  TEXT,
  text,
  TRUE_OR_FALSE,
} from '../http/parameters/value-rules.js';
import { MOST_IN_A_LIST } from '../http/parameters/parameters.js';
import type { StoredFilter } from '../persistence/schema/entities/webhook.entities.js';
import { CALL_FIELDS } from '../query/calls/call-fields.js';
import { EVENTS } from './sending/kinds.repository.js';

export const MOST_CHANGES = 1000;
export const DEFAULT_CHANGES = 100;
export const CURSOR_EXAMPLE = 'WyJjaGFuZ2VzIiw0MTksIiJd';

const TEXTS = oneOrMore(TEXT, MOST_IN_A_LIST, 'must be a text or an array of texts');
const texts = (description: string, example: string) => ({ ...TEXTS, description, example: [example] });
export const FILTER = object({
  source: texts('The source that pushed the call.', 'vendor'),
  taskId: texts('The calling task.', '118100000000000001'),
  batchId: texts('The batch of numbers.', 'B20250601'),
  smartStatusCode: texts('The code of the result.', '200001'),
  answered: { ...TRUE_OR_FALSE, description: 'Whether the call was answered.', example: true },
  majorIntent: texts('The intent of the person who was called.', 'A'),
});
export const FILTER_DOCS = {
  description:
    'Which calls are sent; all conditions must hold. A call that no longer fits after a correction is sent as `call.erased`.',
  example: { taskId: ['118100000000000001'] },
};
const URL_RULE = text({
  minLength: 1,
  maxLength: 2048,
  pattern: '^https?://[^\\s\\x00]+$',
  expected: 'must be a URL such as https://crm.example.com/calls',
});
export const URL_DOCS = {
  description:
    'Where the requests go: `https` and a public address, or a host of WEBHOOK_ALLOW_HOSTS. It has no user name and no password.',
  example: 'https://crm.example.com/calls',
};
const FIELD_LIST = list(oneOf(CALL_FIELDS, 'must be one or more of'), {
  least: 1,
  most: CALL_FIELDS.length,
  unique: true,
  type: 'must be an array of fields',
});
const FIELD_DOCS = {
  description: 'The fields of calls to send, in addition to `callId`. Default: all fields.',
  example: ['outId', 'answered'],
};
export const NAME_DOCS = { description: 'What the webhook is for.', example: 'CRM' };
const EVENT_LIST = list(oneOf(EVENTS, 'must be one or more of'), {
  least: 1,
  most: EVENTS.length,
  unique: true,
  type: 'must be an array of events',
});
export const EVENT_DOCS = {
  description:
    'What is sent: `call.stored` (a new call), `call.corrected`, `call.noted` (a note of the conversation came or changed) and `call.recorded` (the state of the recording changed). `call.erased` is always sent.',
  example: ['call.stored', 'call.corrected'],
};
export const NUMBERS = ['masked', 'full'] as const;
export const STATES = ['active', 'paused'] as const;

/** A filter as it is given: one value or several of each field. */
export type RequestedFilter = {
  readonly [Name in keyof StoredFilter]: StoredFilter[Name] extends string[] | undefined
    ? string | string[] | undefined
    : StoredFilter[Name];
};

/** The filter as it is stored. */
export function storedFilter({ answered, ...lists }: RequestedFilter): StoredFilter {
  const given = Object.entries(lists).map(([name, value]) => [name, listOf(value)] as const);
  return {
    ...(Object.fromEntries(given.filter(([, value]) => value !== undefined)) as StoredFilter),
    ...(answered !== undefined && { answered }),
  };
}

/** A request to create a webhook. */
export class NewWebhookRequest {
  @Field(text({ minLength: 1, maxLength: 100 }), NAME_DOCS)
  name!: string;

  @Field(URL_RULE, URL_DOCS)
  url!: string;

  @OptionalField(EVENT_LIST, { ...EVENT_DOCS, description: `${EVENT_DOCS.description} Default: all.` })
  events?: string[];

  @OptionalField(FILTER, FILTER_DOCS)
  filter?: RequestedFilter;

  @OptionalField(FIELD_LIST, FIELD_DOCS)
  fields?: string[];

  @OptionalField(oneOf(NUMBERS), {
    description:
      '`masked` (default): phone numbers are masked. `full`: they are not. Your key needs `numbers:read` then, and each request with full numbers is recorded in the audit.',
    example: 'masked',
  })
  numbers?: string;

  @OptionalField(CURSOR, {
    description:
      'Where it begins: `now` (default), `beginning` (with the oldest change), or a cursor of the feed of changes.',
    example: 'now',
  })
  startAt?: string;

  @OptionalField(integer(1, MOST_CHANGES), {
    description: `The most changes in a request. Default: ${DEFAULT_CHANGES}.`,
    example: DEFAULT_CHANGES,
  })
  maxChanges?: number;
}

/** A request to change a webhook. What is missing stays as it is. */
export class WebhookChanges {
  @OptionalField(URL_RULE, URL_DOCS)
  url?: string;

  @OptionalField(FILTER, {
    ...FILTER_DOCS,
    description: `${FILTER_DOCS.description} \`{}\`: all calls. Calls that were sent and do not fit the new filter are not sent as erased.`,
  })
  filter?: RequestedFilter;

  @OptionalField(FIELD_LIST, {
    ...FIELD_DOCS,
    description: 'The fields of calls to send, in addition to `callId`.',
  })
  fields?: string[];

  @OptionalField(oneOf(STATES), {
    description:
      '`paused`: nothing is sent, and nothing is lost. `active`: it goes on at its cursor, at once.',
    example: 'active',
  })
  state?: string;
}

/** A request to set a webhook's cursor back or forward. */
export class RewindRequest {
  @OptionalField(CURSOR, { description: 'A cursor of the feed of changes.', example: CURSOR_EXAMPLE })
  cursor?: string;

  @OptionalField(INSTANT, {
    description:
      'All changes that were received at this time or later are sent again: a time in ISO 8601 with an offset, or a date, which means its first moment in the time zone of the pushes.',
    example: '2025-06-01T00:00:00+08:00',
  })
  time?: string;
}
