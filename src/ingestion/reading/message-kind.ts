// Decides which of the vendor's three messages a record is. Messages do not name their type, and one push URL may be
// set for all of them.
import { FIELD_NAMES, type FieldName } from '../../call/call-record.js';

/** The vendor's messages AlicomAgentCallReport, AlicomAgentCallNote and AlicomAgentCallRecord. */
export type MessageKind = 'report' | 'note' | 'recording';

/** The fields of a report that recordings or notes have too. They do not show the kind. */
const SHARED: ReadonlySet<string> = new Set<FieldName>([
  ...(['callId', 'taskId', 'batchId', 'detailId', 'outId'] as const),
  ...(['realCaller', 'startTime', 'endTime', 'duration'] as const),
]);
const OF_REPORTS = FIELD_NAMES.filter((field) => !SHARED.has(field));
const OF_RECORDINGS = ['recordFile'];
const OF_NOTES = ['majorIntent', 'outputTags', 'conversationRecord', 'call_times'];

/**
 * Classifies a record by its keys, whatever the values. Keys with null or `""` count too.
 *
 * @param expected the message of the URL that the record was pushed to, for a record without a telling key
 */
export function messageKindOf(record: object, expected: MessageKind): MessageKind {
  const has = (key: string) => Object.hasOwn(record, key);
  const isRecording = OF_RECORDINGS.some(has);
  const isNote = OF_NOTES.some(has);
  // Nearly all records are reports, so only the few keys of the other messages are checked first.
  if (expected === 'report' && !isRecording && !isNote) return 'report';
  if (OF_REPORTS.some(has)) return 'report';
  if (isRecording) return 'recording';
  return isNote ? 'note' : expected;
}

/** Whether a record without a `callId` has a `call_id`, as messages of another product do. */
export function isOfSisterProduct(record: object): boolean {
  return Object.hasOwn(record, 'call_id');
}

export const OF_SISTER_PRODUCT =
  "The callId is missing, but there is a call_id: probably a message of another product of the vendor. Check which push URL is set for that product in the vendor's console";
