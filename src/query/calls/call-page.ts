// SQL for a page of calls, which may end early if its calls are large.
import { bytesOfJson, sizedPage } from '../../persistence/sql/sized-page.js';
import { callRecord } from './call-fields.js';
import { noteOf, recordingOf, sizeOfNote } from './call-messages.js';
import type { ListedField } from './call-names.js';

/** The parts of a statement for a page of calls. */
export interface CallPageSql {
  /** What the rows of the page must have beside all columns of `calls`. */
  readonly rowColumns: string;
  /**
   * The statement. Its rows are a call, what else is selected, and whether the page ends early with it.
   *
   * @param columns what else is selected of each row
   */
  statement(rows: string, order: string, columns?: readonly string[]): string;
}

/**
 * On one server, notes are read after the page is limited, so that the large ones of other pages are not. Citus refuses
 * that. There, each node makes them for its own rows.
 *
 * @param fields the wanted fields; undefined: all
 * @param row the alias of the call's row where {@link CallPageSql.rowColumns} are selected
 */
export function callPage(
  fields: readonly ListedField[] | undefined,
  row: string,
  isDistributed: boolean,
): CallPageSql {
  const { note, recording } = wantedMessages(fields);
  const made = { note: note ? 'note' : 'NULL', recording: recording ? 'recording' : 'NULL' };
  const read = {
    note: note ? `CASE WHEN note_size IS NOT NULL THEN ${noteOf('sized')} END` : 'NULL',
    recording: recording ? recordingOf('sized') : 'NULL',
  };
  const onNodes = [
    ...(note ? [`${noteOf(row)} AS note`] : []),
    ...(recording ? [`${recordingOf(row)} AS recording`] : []),
  ];
  const here = note ? [`${sizeOfNote(row)} AS note_size`] : [];
  const noteSize = isDistributed ? 'octet_length(note::text)' : 'note_size';
  const size = bytesOfJson('extra') + (note ? ` + coalesce(${noteSize}, 0)` : '');
  return {
    rowColumns: (isDistributed ? onNodes : here).map((column) => `, ${column}`).join(''),
    statement: (rows, order, columns = []) =>
      sizedPage([callRecord(isDistributed ? made : read), ...columns].join(', '), rows, size, order),
  };
}

/**
 * The same for a page that is sent while it is read: who reads it decides where it ends. The window that ends other pages
 * would take a sixth of the statement's time.
 */
export function streamedCallPage(fields: readonly ListedField[] | undefined): CallPageSql {
  const { note, recording } = wantedMessages(fields);
  const call = callRecord({
    note: note ? noteOf('page') : 'NULL',
    recording: recording ? recordingOf('page') : 'NULL',
  });
  return {
    rowColumns: '',
    statement: (rows, order, columns = []) =>
      `SELECT ${[call, ...columns].join(', ')}, false AS is_full FROM (${rows}) AS page ORDER BY ${order}`,
  };
}

function wantedMessages(fields: readonly ListedField[] | undefined): {
  readonly note: boolean;
  readonly recording: boolean;
} {
  const isWanted = (field: ListedField) => fields === undefined || fields.includes(field);
  return { note: isWanted('note'), recording: isWanted('recording') };
}
