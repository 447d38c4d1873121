// The name of a field in, how numbers in it are masked out.

/**
 * - `keep`: it holds none.
 * - `number`: it is one, whatever it looks like.
 * - `reference`: the caller's own; it may be one.
 * - `text`: text that may hold some.
 * - `free`: the vendor's JSON, of which nobody knows what it holds.
 * - `json`: the text of such JSON, or of what should have been some.
 */
export type Rule = 'keep' | 'number' | 'reference' | 'text' | 'free' | 'json';

export const NUMBER_FIELDS = ['caller', 'realCaller', 'callee'] as const;
/** In records and in answers. What the vendor names calls by is no number, and all questions are asked by it. */
const OF_RECORDS: readonly (readonly [Rule, readonly string[]])[] = [
  ['number', NUMBER_FIELDS],
  ['reference', ['outId']],
  ['keep', ['callId', 'taskId', 'batchId', 'detailId']],
];
/** In answers alone, whose fields are ours: names, ids, times and cursors that we have made. */
const OF_ANSWERS: readonly (readonly [Rule, readonly string[]])[] = [
  ['free', ['extra', 'detail']],
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
  ['keep', ['originateTime', 'ringTime', 'startTime', 'endTime']],
  ['keep', ['bOriginateTime', 'bRingTime', 'bStartTime', 'bEndTime']],
  ['keep', ['occurredAt', 'receivedAt', 'firstReceivedAt', 'lastReceivedAt', 'resolvedAt', 'firstSeenAt']],
  [
    'keep',
    ['lastSeenAt', 'firstCallAt', 'lastCallAt', 'createdAt', 'expiresAt', 'revokedAt', 'lastUsedAt', 'at'],
  ],
];

const RECORD_RULES = rulesOf(OF_RECORDS);
const ANSWER_RULES = rulesOf([...OF_RECORDS, ...OF_ANSWERS]);

/** Of a field of an answer. One that nobody thought of may hold numbers. */
export function ruleOfAnswerField(name: string): Rule {
  return ANSWER_RULES.get(name) ?? 'text';
}

/** Of a field of what the vendor pushed. */
export function ruleOfRecordField(name: string): Rule {
  return RECORD_RULES.get(name) ?? 'free';
}

function rulesOf(lists: readonly (readonly [Rule, readonly string[]])[]): ReadonlyMap<string, Rule> {
  return new Map(lists.flatMap(([rule, names]) => names.map((name) => [name, rule] as const)));
}
