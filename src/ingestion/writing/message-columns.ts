// The columns of the tables `call_notes` and `call_recordings`, and how their values are made.
import { CallNote, NOTE_FIELDS } from '../../call/call-note.js';
import { CallRecording, RECORDING_FIELDS } from '../../call/call-recording.js';
import type { FieldKind, VendorField } from '../../call/field-decorators.js';
import { columnName } from '../../persistence/schema/entities/call.entities.js';
import type { FieldValue } from '../reading/field-readers.js';
import { withoutQuery } from '../reading/record-reader.js';
import type { Identified, MessageState, NoteState, RecordingState } from './call-state.js';
import { MESSAGE_COLUMNS, type MessageTable } from './message-write.repository.js';
import { vendorColumns } from './vendor-columns.js';

/** A row as `pg` returns it with the times in epoch milliseconds, and JSON as its text. */
export type MessageRow<Message extends Identified> = Message & Omit<MessageState, 'record'>;
export type NoteRow = MessageRow<CallNote>;
export type RecordingRow = MessageRow<CallRecording>;

export const NOTES: MessageTable<NoteState, NoteRow> = tableOf('note', 'call_notes', CallNote, NOTE_FIELDS, {
  shown: (note) => ({ ...note }),
});
export const RECORDINGS: MessageTable<RecordingState, RecordingRow> = tableOf(
  'recording',
  'call_recordings',
  CallRecording,
  RECORDING_FIELDS,
  // The signature of the URL is a secret.
  { shown: (recording) => ({ ...recording, recordFile: withoutQuery(recording.recordFile) }) },
);

/** @param shown what the history keeps of a content */
function tableOf<Message extends Identified & Record<keyof Message, FieldValue>>(
  message: 'note' | 'recording',
  name: string,
  messageClass: new () => Message,
  fields: readonly VendorField<keyof Message & string>[],
  { shown }: { readonly shown: (record: Message) => object },
): MessageTable<MessageState<Message>, MessageRow<Message>> {
  const namesOf = (wanted: FieldKind): ReadonlySet<string> =>
    new Set(fields.filter(({ kind }) => kind === wanted).map((field) => field.name));
  const [jsons, times] = [namesOf('json'), namesOf('time')];
  const selected = fields.map((field) => {
    const column = columnName(field.name);
    return `${field.kind === 'json' ? `${column}::text` : column} AS "${field.name}"`;
  });
  return {
    name,
    columns: [...vendorColumns<Message, MessageState<Message>>(fields, columnName), ...MESSAGE_COLUMNS],
    selected: selected.join(', '),
    stateOf: (row) => {
      const record = new messageClass();
      for (const field of fields) record[field.name] = row[field.name];
      const { callId, source, contentHash, firstReceivedAt, lastReceivedAt, lastDeliveryId, deliveryId } =
        row;
      const { extra, warnings, revision } = row;
      return {
        ...{ callId, source, contentHash, firstReceivedAt, lastReceivedAt, lastDeliveryId, deliveryId },
        ...{ record, extra, warnings, revision },
      };
    },
    history: 'message_revisions',
    historyColumns: [{ name: 'message', type: 'text', value: () => message }],
    historyKey: 'call_id, message, delivery_id',
    contentJson: ({ record, source, warnings, extra }) => {
      const all: readonly [string, unknown][] = Object.entries({ ...shown(record), source, warnings });
      const members = all.map(([field, value]) => {
        const isJson = jsons.has(field);
        const json = isJson ? String(value) : JSON.stringify(times.has(field) ? isoOf(value) : value);
        return `${JSON.stringify(field)}:${json}`;
      });
      return `{${members.join(',')},"extra":${extra ?? 'null'}}`;
    },
  };
}

function isoOf(epochMs: unknown): string | null {
  return typeof epochMs === 'number' ? new Date(epochMs).toISOString() : null;
}
