// Records as the vendor pushes them in, the rows that the service makes of them out, as text for COPY.
import { DriftNotes } from '../../src/ingestion/reading/drift.js';
import { arrive } from '../../src/ingestion/delivery.js';
import { RecordReader } from '../../src/ingestion/reading/record-reader.js';
import { CALL_COLUMNS } from '../../src/ingestion/writing/call-columns.js';
import { type CallState, firstState } from '../../src/ingestion/writing/call-state.js';
import { type ArrayColumn, names } from '../../src/ingestion/writing/column-arrays.js';
import { ZonedTime } from '../../src/time/zoned-time.js';

export const COPY_CALLS = `COPY calls (${names(CALL_COLUMNS)}) FROM STDIN`;

const reader = new RecordReader(new ZonedTime('Asia/Shanghai'));

/** @param records of one push, as JSON texts; nothing in them needs escaping for COPY */
export function copyText(records: readonly string[]): Buffer {
  const delivery = arrive('vendor', null, Buffer.from(''), Date.now());
  const drift = new DriftNotes();
  const lines = records.map((text) => {
    const call = reader.read(JSON.parse(text), () => text, drift);
    if ('reason' in call || call.message !== 'report') throw new Error(JSON.stringify(call));
    const state = firstState(call, delivery);
    return `${CALL_COLUMNS.map((column) => copied(column, state)).join('\t')}\n`;
  });
  return Buffer.from(lines.join(''));
}

function copied(column: ArrayColumn<CallState>, state: CallState): string {
  if (column.type === 'bytea') return `\\\\x${column.value(state).toString('hex')}`;
  const value = column.value(state);
  if (value === null) return '\\N';
  return column.type === 'timestamptz' ? new Date(Number(value)).toISOString() : String(value);
}
