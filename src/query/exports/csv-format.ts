// The fields of calls in, lines of CSV (RFC 4180) out.
import { CALL_FIELDS, type CallField } from '../calls/call-fields.js';
import type { CallFormat } from './call-format.js';
import { kindOf, type TextKind } from './call-texts.js';
import { guarded } from './spreadsheet-guard.js';

/** Without it, Excel reads UTF-8 as the code page of the machine. */
const BYTE_ORDER_MARK = '\uFEFF';
/** No spreadsheet takes our times and ids for anything but text, and none of these needs quotes. */
const PLAIN = new Set<TextKind>(['id', 'time', 'number', 'boolean']);

type Text = string | null | undefined;
type Cell = (text: Text) => string;

/** @param names of the columns */
export function csvFormat(names: readonly CallField[], reader: 'spreadsheet' | 'program'): CallFormat {
  const textOf = reader === 'spreadsheet' ? guarded : (text: string) => text;
  const columns = names.map((name) => ({ index: CALL_FIELDS.indexOf(name), cell: cellOf(name, textOf) }));
  return {
    mediaType: 'text/csv; charset=utf-8; header=present',
    head: `${reader === 'spreadsheet' ? BYTE_ORDER_MARK : ''}${names.join(',')}\r\n`,
    line: (call) => `${columns.map(({ index, cell }) => cell(call[index])).join(',')}\r\n`,
  };
}

function cellOf(name: CallField, textOf: (text: string) => string): Cell {
  const kind = kindOf(name);
  if (PLAIN.has(kind)) return (text) => text ?? '';
  if (kind === 'json') return (text) => (text === null || text === undefined ? '' : quoted(text));
  return cellWith(textOf);
}

/** The cells of a column of texts. Codes, texts and ids of campaigns mostly are those of the call before. */
function cellWith(textOf: (text: string) => string): Cell {
  let last: Text = null;
  let cell = '';
  return (text) => {
    if (text === last) return cell;
    last = text;
    cell = text === null || text === undefined ? '' : quoted(textOf(text));
    return cell;
  };
}

/** Always in quotes: whoever tells a spreadsheet to keep quoted cells as they are gets all of them. */
function quoted(text: string): string {
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : `"${text}"`;
}
