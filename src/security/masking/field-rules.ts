// How numbers in a field are masked, by the field's name.
import { namesOf, TELEPHONE_NUMBERS, TIME_FIELDS } from '../../call/call-record.js';
import { NUMBER_FIELDS } from '../../numbers/json-pieces.js';

/**
 * - `keep`: it holds none, if it is text.
 * - `number`: it is one, whatever it looks like.
 * - `reference`: the caller's own; it may be one.
 * - `text`: text that may hold some.
 * - `free`: the vendor's JSON, of which nobody knows what it holds.
 * - `json`: the text of such JSON, or of what should have been some.
 * - `asked`: what somebody asked for, masked when it was noted.
 */
export type MaskRule = 'keep' | 'number' | 'reference' | 'text' | 'free' | 'json' | 'asked';

/** Of a record itself, and of answers. */
const OF_RECORDS: readonly (readonly [MaskRule, readonly string[]])[] = [
  ['number', TELEPHONE_NUMBERS],
  ['reference', namesOf(({ numbers }) => numbers === 'reference')],
  // What the vendor names calls by. Questions are asked by these, so they stay.
  ['keep', namesOf(({ numbers, identifies }) => numbers === 'none' && identifies !== undefined)],
];
/** In answers alone, whose fields are ours: names, ids, times and cursors that we have made. */
const OF_ANSWERS: readonly (readonly [MaskRule, readonly string[]])[] = [
  ['free', ['extra']],
  ['asked', ['detail']],
  ['json', ['raw']],
  ['keep', ['id', 'ids', 'deliveryId', 'sampleDeliveryId', 'replayedAs', 'redeliveryOf', 'requestId']],
  [
    'keep',
    [
      'keyId',
      'createdBy',
      'key',
      'nextCursor',
      'cursor',
      'source',
      'sources',
      'sha256',
      'remoteAddress',
      'place',
    ],
  ],
  ['keep', TIME_FIELDS],
  ['keep', ['occurredAt', 'receivedAt', 'firstReceivedAt', 'lastReceivedAt', 'resolvedAt', 'firstSeenAt']],
  [
    'keep',
    ['lastSeenAt', 'firstCallAt', 'lastCallAt', 'createdAt', 'expiresAt', 'revokedAt', 'lastUsedAt', 'at'],
  ],
];

const RECORD_RULES = rulesOf(OF_RECORDS);
const ANSWER_RULES = rulesOf([...OF_RECORDS, ...OF_ANSWERS]);

/** Of a field of an answer. One that nobody thought of may hold numbers. */
export function ruleOfAnswerField(name: string): MaskRule {
  return ANSWER_RULES.get(name) ?? 'text';
}

/** Of a field of a record that the vendor pushed. */
export function ruleOfRecordField(name: string): MaskRule {
  return RECORD_RULES.get(name) ?? 'free';
}

/** Of a field that is within another one of a record: an id there is none by which anybody asks. */
export function ruleOfInnerField(name: string): MaskRule {
  return NUMBER_FIELDS.includes(name) ? 'number' : 'free';
}

function rulesOf(lists: readonly (readonly [MaskRule, readonly string[]])[]): ReadonlyMap<string, MaskRule> {
  return new Map(lists.flatMap(([rule, names]) => names.map((name) => [name, rule] as const)));
}
