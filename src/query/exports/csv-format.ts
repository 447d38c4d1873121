// The fields of calls in, lines of CSV (RFC 4180) out.
import { stringifyExact } from '../../http/exact-json.js';
import type { CallField } from '../calls/call-fields.js';
import type { SelectedCall } from '../calls/call.dto.js';
import type { CallFormat } from './call-format.js';
import { guarded } from './spreadsheet-guard.js';

/** Without it, Excel reads UTF-8 as the code page of the machine. */
const BYTE_ORDER_MARK = '\uFEFF';
/** Times and ids in one form of our own: no spreadsheet takes them for anything but text, and none needs quotes. */
const PLAIN_TEXTS = new Set<CallField>([
  'originateTime',
  'ringTime',
  'startTime',
  'endTime',
  'bOriginateTime',
  'bRingTime',
  'bStartTime',
  'bEndTime',
  'occurredAt',
  'firstReceivedAt',
  'lastReceivedAt',
  'deliveryId',
]);

type Value = SelectedCall[CallField];
type Cell = (value: Value) => string;

/** @param names of the columns */
export function csvFormat(
  names: readonly CallField[],
  reader: 'spreadsheet' | 'program',
): CallFormat<SelectedCall> {
  const textOf = reader === 'spreadsheet' ? guarded : (text: string) => text;
  const columns = names.map((name) => ({ name, cell: PLAIN_TEXTS.has(name) ? plainCell : cellWith(textOf) }));
  return {
    mediaType: 'text/csv; charset=utf-8; header=present',
    head: `${reader === 'spreadsheet' ? BYTE_ORDER_MARK : ''}${names.join(',')}\r\n`,
    line: (call) => `${columns.map(({ name, cell }) => cell(call[name])).join(',')}\r\n`,
  };
}

function plainCell(value: Value): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? quoted(stringifyExact(value)) : String(value);
}

/** The cells of a column of texts or JSON. Codes, texts and ids of campaigns mostly are those of the call before. */
function cellWith(textOf: (text: string) => string): Cell {
  let last: Value;
  let cell = '';
  return (value) => {
    if (value === last) return cell;
    last = value;
    cell = typeof value === 'string' ? quoted(textOf(value)) : plainCell(value);
    return cell;
  };
}

/** Always in quotes: whoever tells a spreadsheet to keep quoted cells as they are gets all of them. */
function quoted(text: string): string {
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : `"${text}"`;
}
