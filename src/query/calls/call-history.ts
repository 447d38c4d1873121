// The history of a call: every content of its report, its note and its recording, newest first.
import { FIELD_NAMES, TELEPHONE_NUMBERS } from '../../call/call-record.js';
import { parseExact, stringifyExact } from '../../json/exact-numbers.js';
import { withCallNumbers } from '../../security/masking/answer-mask.js';
import { CALL_FIELDS } from './call-fields.js';
import type { CallContent, CallDto } from './call.dto.js';
import type { CallRevisionDto, FieldChange, NoteContent, RecordingContent } from './call-revision.dto.js';
import type { History, HistoryPlace, RevisionRow } from './call.repository.js';

type Content = Omit<CallRevisionDto, 'changes'>;
type Fields = Readonly<Record<string, unknown>>;

/** @param before the place after the page's first content */
export function historyOf(found: History, before: HistoryPlace): CallRevisionDto[] {
  const { call, current, past, replaced, endsEarly } = found;
  const last = past.at(-1);
  // If the page ends early, everything after its last content belongs to the next page.
  const isInPage = (content: HistoryPlace) =>
    isBefore(content, before) &&
    !(endsEarly && last !== undefined && isBefore(content, { ...last, deliveryId: last.delivery_id }));
  const present = [presentContent(call), ...current.map((row) => contentOf(row, true))].filter(isInPage);
  const contents = [...past.map((row) => contentOf(row, false)), ...present];
  contents.sort((a, b) => (isBefore(a, b) ? 1 : -1));
  const all = [...contents, ...replaced.map((row) => contentOf(row, false))];
  const numbers = [call, ...all.map(fieldsOf)].flatMap((fields) =>
    TELEPHONE_NUMBERS.map((name): unknown => Reflect.get(fields, name)),
  );
  const callee = [...new Set(numbers)];
  return withChanges(contents, all).map((shown) => withCallNumbers(shown, [{ callee }]));
}

/** Contents are in the order of their deliveries, and then of their messages' names. */
function isBefore(a: HistoryPlace, b: HistoryPlace): boolean {
  return a.deliveryId === b.deliveryId ? a.message < b.message : a.deliveryId < b.deliveryId;
}

/** @param all the contents, including those that `contents` may have replaced */
function withChanges(contents: readonly Content[], all: readonly Content[]): CallRevisionDto[] {
  const keyOf = (message: string, revision: number | null) => `${message} ${revision ?? ''}`;
  const byRevision = new Map(all.map((content) => [keyOf(content.message, content.revision), content]));
  return contents.map((content) => {
    const { message, revision, current, receivedAt, deliveryId, ...shown } = content;
    const before = revision === null ? undefined : byRevision.get(keyOf(message, revision - 1));
    const changes = before === undefined ? null : changesBetween(fieldsOf(before), fieldsOf(content));
    return { message, revision, current, receivedAt, deliveryId, changes, ...shown };
  });
}

function fieldsOf({ call, note, recording }: Content): Fields {
  return { ...call, ...note, ...recording };
}

function presentContent(present: CallDto): Content {
  const { revision, lastReceivedAt, firstReceivedAt, deliveryId, note, recording, ...call } = present;
  return { message: 'report', revision, current: true, receivedAt: lastReceivedAt, deliveryId, call };
}

function contentOf(row: RevisionRow, current: boolean): Content {
  const { message, revision, delivery_id: deliveryId } = row;
  const head = { message, revision, current, receivedAt: row.received_at.toISOString(), deliveryId };
  if (message === 'note') return { ...head, note: noteOf(row.content) };
  if (message === 'recording') return { ...head, recording: recordingOf(row.content) };
  return { ...head, call: callOf(row.content) };
}

function callOf(json: string): CallContent {
  const call = parseExact(json) as Omit<CallContent, 'provenance'> & { provenance?: string };
  // Contents that were stored before the vendor added a field do not have it. Those without provenance were pushed.
  const missing = FIELD_NAMES.filter((name) => !(name in call));
  const { provenance = 'pushed' } = call;
  return Object.assign(call, Object.fromEntries(missing.map((name) => [name, null])), { provenance });
}

/** The conversation itself is not shown: it needs a scope of its own. */
function noteOf(json: string): NoteContent {
  const { call_times, conversationRecord, turns, ...content } = parseExact(json) as StoredNoteContent;
  return {
    ...content,
    attempt: call_times,
    turns: turns ?? (Array.isArray(conversationRecord) ? conversationRecord.length : 0),
  };
}

interface StoredNoteContent extends Omit<NoteContent, 'attempt' | 'turns'> {
  readonly call_times: number | null;
  /** Only in earlier contents. */
  readonly conversationRecord?: unknown;
  /** Only in the current content. */
  readonly turns?: number;
}

function recordingOf(json: string): RecordingContent {
  const { recordFile, ...content } = parseExact(json) as RecordingContent;
  return { ...content, recordFile: recordFile?.replace(/[?#].*$/s, '?…') ?? null };
}

/** Returns the fields that differ between two contents, in the order of a call's fields, or of the content's own. */
function changesBetween(before: Fields, after: Fields): FieldChange[] {
  const names = new Set<string>([...CALL_FIELDS.filter((name) => name in after), ...Object.keys(after)]);
  return [...names]
    .map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }))
    .filter((change) => stringifyExact(change.before) !== stringifyExact(change.after));
}
