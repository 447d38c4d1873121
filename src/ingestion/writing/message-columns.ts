// The columns of the tables `call_notes` and `call_recordings`, and how their values are made.
import { CallNote, NOTE_FIELDS } from '../../call/call-note.js';
import { CallRecording, RECORDING_FIELDS } from '../../call/call-recording.js';
import type { FieldKind, VendorField } from '../../call/field-decorators.js';
import { columnName } from '../../persistence/schema/entities/call.entities.js';
import type { FieldValue } from '../reading/field-readers.js';
import type { Identified, MessageState, NoteState, RecordingState } from './call-state.js';
import { type ArrayColumn, instantColumn } from './column-arrays.js';
import { MESSAGE_COLUMNS, type MessageTable } from './message-write.repository.js';
import { vendorColumns } from './vendor-columns.js';

/** A row as `pg` returns it with the times in epoch milliseconds, and JSON as its text. */
type MessageRow<Message extends Identified> = Message & Omit<MessageState, 'record'>;
/** How long the vendor keeps a recording at its URL. */
export const URL_LIFE_MS = 7 * 86_400_000;

export type NoteRow = MessageRow<CallNote>;
export type RecordingRow = MessageRow<CallRecording>;

export const NOTES: MessageTable<NoteState, NoteRow> = tableOf('note', 'call_notes', CallNote, NOTE_FIELDS, {
  shown: (note) => ({ ...note }),
  columns: [{ name: 'turns', type: 'integer', value: ({ record }) => turnsIn(record.conversationRecord) }],
  reset: [],
});
/** @param isKept whether new recordings are to be downloaded */
export function recordingsTable(isKept: boolean): MessageTable<RecordingState, RecordingRow> {
  const nextTry = ({ record, lastReceivedAt }: RecordingState) =>
    isKept && record.recordFile !== null ? lastReceivedAt : null;
  return tableOf('recording', 'call_recordings', CallRecording, RECORDING_FIELDS, {
    // The signature of the URL is a secret.
    shown: (recording) => ({ ...recording, recordFile: hiddenQuery(recording.recordFile) }),
    // A new content is downloaded anew.
    columns: [
      instantColumn('announced_at', (row) => row.lastReceivedAt),
      instantColumn('expires_at', (row) => row.lastReceivedAt + URL_LIFE_MS),
      instantColumn('next_try_at', nextTry),
      { name: 'tries', type: 'integer', value: () => 0 },
      { name: 'state', type: 'text', value: () => (isKept ? 'announced' : 'off') },
      { name: 'reason', type: 'text', value: () => null },
    ],
    reset: ['change_delivery_id'],
  });
}

interface Particulars<Message extends Identified> {
  /** What the history keeps of a content. */
  readonly shown: (record: Message) => object;
  /** The columns that only this message has. */
  readonly columns: readonly ArrayColumn<MessageState<Message>>[];
  readonly reset: readonly string[];
}

function tableOf<Message extends Identified & Record<keyof Message, FieldValue>>(
  message: 'note' | 'recording',
  name: string,
  messageClass: new () => Message,
  fields: readonly VendorField<keyof Message & string>[],
  { shown, columns, reset }: Particulars<Message>,
): MessageTable<MessageState<Message>, MessageRow<Message>> {
  const selected = fields.map((field) => {
    const column = columnName(field.name);
    return `${field.kind === 'json' ? `${column}::text` : column} AS "${field.name}"`;
  });
  return {
    name,
    columns: [
      ...vendorColumns<Message, MessageState<Message>>(fields, columnName),
      ...MESSAGE_COLUMNS,
      ...columns,
    ],
    selected: selected.join(', '),
    stateOf: (row) => {
      const record = new messageClass();
      for (const field of fields) record[field.name] = row[field.name];
      const { callId, source, contentHash, firstReceivedAt, lastReceivedAt, lastDeliveryId, deliveryId } =
        row;
      const { pulled, extra, warnings, revision } = row;
      return {
        ...{ callId, source, contentHash, firstReceivedAt, lastReceivedAt, lastDeliveryId, deliveryId },
        ...{ record, pulled, extra, warnings, revision },
      };
    },
    history: 'message_revisions',
    historyColumns: [{ name: 'message', type: 'text', value: () => message }],
    historyKey: 'call_id, message, delivery_id',
    reset,
    contentJson: contentWriter(fields, shown),
  };
}

/** Makes the function that writes a content for the history. */
function contentWriter<Message extends Identified>(
  fields: readonly VendorField[],
  shown: (record: Message) => object,
): (state: MessageState<Message>) => string {
  const namesOf = (wanted: FieldKind): ReadonlySet<string> =>
    new Set(fields.filter(({ kind }) => kind === wanted).map((field) => field.name));
  const [jsons, times] = [namesOf('json'), namesOf('time')];
  return ({ record, source, pulled, warnings, extra }) => {
    const provenance = pulled ? 'pulled' : 'pushed';
    const all: readonly [string, unknown][] = Object.entries({
      ...shown(record),
      ...{ source, provenance, warnings },
    });
    const members = all.map(([field, value]) => {
      const isJson = jsons.has(field);
      const json = isJson ? String(value) : JSON.stringify(times.has(field) ? isoOf(value) : value);
      return `${JSON.stringify(field)}:${json}`;
    });
    return `{${members.join(',')},"extra":${extra ?? 'null'}}`;
  };
}

function hiddenQuery(url: string | null): string | null {
  return url?.replace(/[?#].*$/s, '?…') ?? null;
}

/** Each turn begins so. Quotes within a text are escaped. */
const TURN = /\{"role":/g;

function turnsIn(conversation: string | null): number {
  return conversation?.match(TURN)?.length ?? 0;
}

function isoOf(epochMs: unknown): string | null {
  return typeof epochMs === 'number' ? new Date(epochMs).toISOString() : null;
}
