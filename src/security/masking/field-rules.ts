// Says by the name of a field how numbers in it are masked.
import { namesOf, TELEPHONE_NUMBERS, TIME_FIELDS } from '../../call/call-record.js';
import { NUMBER_FIELDS } from '../../numbers/json-pieces.js';

/**
 * - `keep`: the field holds no phone number, as long as it is text.
 * - `number`: the field is a phone number, whatever it looks like.
 * - `reference`: the caller's own reference, which may be a phone number.
 * - `text`: text that may hold phone numbers.
 * - `free`: JSON of the vendor that may hold anything.
 * - `json`: the text of such JSON, or of bytes that should have been JSON.
 * - `asked`: a request in the audit, which was masked when it was recorded.
 */
export type MaskRule = 'keep' | 'number' | 'reference' | 'text' | 'free' | 'json' | 'asked';

/** Fields of records, and of answers. */
const OF_RECORDS: readonly (readonly [MaskRule, readonly string[]])[] = [
  ['number', TELEPHONE_NUMBERS],
  ['reference', namesOf(({ numbers }) => numbers === 'reference')],
  // The vendor's identifiers of calls. Clients query by them, so they stay.
  ['keep', namesOf(({ numbers, identifies }) => numbers === 'none' && identifies !== undefined)],
];
/** Fields of answers alone. The service makes their values: names, ids, times and cursors. */
const OF_ANSWERS: readonly (readonly [MaskRule, readonly string[]])[] = [
  ['free', ['extra', 'outputTags']],
  ['asked', ['detail']],
  ['json', ['raw']],
  ['keep', ['id', 'ids', 'deliveryId', 'sampleDeliveryId', 'replayedAs', 'redeliveryOf', 'requestId']],
  [
    'keep',
    [
      'keyId',
      'createdBy',
      'key',
      'secret',
      'messageId',
      'nextCursor',
      'cursor',
      'source',
      'sources',
      'sha256',
      'remoteAddress',
      'place',
    ],
  ],
  // A name with a phone number is refused, and the vendor's API gives none.
  ['keep', ['taskName', 'batchName']],
  ['keep', TIME_FIELDS],
  ['keep', ['start', 'end', 'callingTime', 'checkedAt', 'requestedAt', 'startedAt', 'finishedAt']],
  [
    'keep',
    [
      'occurredAt',
      'receivedAt',
      'firstReceivedAt',
      'lastReceivedAt',
      'resolvedAt',
      'firstSeenAt',
      'announcedAt',
    ],
  ],
  [
    'keep',
    ['lastSeenAt', 'firstCallAt', 'lastCallAt', 'createdAt', 'expiresAt', 'revokedAt', 'lastUsedAt', 'at'],
  ],
];

const RECORD_RULES = rulesOf(OF_RECORDS);
const ANSWER_RULES = rulesOf([...OF_RECORDS, ...OF_ANSWERS]);

/** The rule for a field of an answer. A field without a rule may hold numbers. */
export function ruleOfAnswerField(name: string): MaskRule {
  return ANSWER_RULES.get(name) ?? 'text';
}

/** The rule for a field of a record that the vendor pushed. */
export function ruleOfRecordField(name: string): MaskRule {
  return RECORD_RULES.get(name) ?? 'free';
}

/** The rule for a field within another field of a record. Clients do not query by ids there, so these do not stay. */
export function ruleOfInnerField(name: string): MaskRule {
  return NUMBER_FIELDS.includes(name) ? 'number' : 'free';
}

function rulesOf(lists: readonly (readonly [MaskRule, readonly string[]])[]): ReadonlyMap<string, MaskRule> {
  return new Map(lists.flatMap(([rule, names]) => names.map((name) => [name, rule] as const)));
}
