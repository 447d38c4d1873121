// Decides which of the vendor's three messages a record is. Messages do not name their type, and one push URL may be
// set for all of them.
import type { FieldName } from '../../call/call-record.js';

/** The vendor's messages AlicomAgentCallReport, AlicomAgentCallRecord and AlicomAgentCallNote. */
export type MessageKind = 'report' | 'recording' | 'note';

/** The fields of a report that recordings or notes have too. They do not show the kind. */
const SHARED: ReadonlySet<string> = new Set<FieldName>([
  ...(['callId', 'taskId', 'batchId', 'detailId', 'outId'] as const),
  ...(['realCaller', 'startTime', 'endTime', 'duration'] as const),
]);
const OF_RECORDINGS = ['recordFile'];
const OF_NOTES = ['majorIntent', 'outputTags', 'conversationRecord', 'call_times'];

/** Classifies records by their keys, whatever the values. Keys with null or `""` count too. */
export class MessageKinds {
  private readonly ofReports: readonly string[];

  /** @param fields the fields of a report */
  constructor(fields: readonly string[]) {
    this.ofReports = fields.filter((field) => !SHARED.has(field));
  }

  of(record: object): MessageKind {
    const has = (key: string) => Object.hasOwn(record, key);
    const isRecording = OF_RECORDINGS.some(has);
    // Nearly all records are reports, so only the few keys of the other messages are checked first.
    if (!isRecording && !OF_NOTES.some(has)) return 'report';
    if (this.ofReports.some(has)) return 'report';
    return isRecording ? 'recording' : 'note';
  }
}

const NAMES = { recording: 'AlicomAgentCallRecord', note: 'AlicomAgentCallNote' } as const;

/** The reason in the quarantine for a message that the ledger does not take. */
export function notTakenYet(kind: keyof typeof NAMES): string {
  return `The record is a ${kind} (${NAMES[kind]}), which this version does not take. Its call is unchanged. Replay the entry with a version that takes it`;
}

/** Whether a record without a `callId` has a `call_id`, as messages of another product do. */
export function isOfSisterProduct(record: object): boolean {
  return Object.hasOwn(record, 'call_id');
}

export const OF_SISTER_PRODUCT =
  "The callId is missing, but there is a call_id: probably a message of another product of the vendor. Check which push URL is set for that product in the vendor's console";
