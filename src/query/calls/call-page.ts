// SQL for a page of calls that ends early if its calls are large.
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
  const isWanted = (field: ListedField) => fields === undefined || fields.includes(field);
  const [note, recording] = [isWanted('note'), isWanted('recording')];
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
