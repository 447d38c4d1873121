// The formats of exports: CSV (RFC 4180), and NDJSON with a JSON object in each line.
import type { Utf8Text } from '../../json/utf8-text.js';
import type { RecordText } from '../../persistence/sql/record-text.js';
import { CALL_FIELDS, type CallField } from '../calls/call-fields.js';
import { copyJson, copyPlain, copyTime, isTrue } from '../calls/call-bytes.js';
import { callJson, type JsonMember, jsonMember, madeMember, nameMember } from '../calls/call-json.js';
import { isNameField, type NameField, nameReader } from '../calls/call-names.js';
import { kindOf, type TextKind } from '../calls/call-texts.js';
import type { Labels } from '../labels/labels.service.js';
import {
  type ColumnField,
  EXPORT_FIELDS,
  type ExportField,
  isColumnField,
  memberColumn,
  TABLE_FIELDS,
} from './export-fields.js';
import type { ExportQuery } from './export-query.dto.js';
import { localTimes } from './local-times.js';
import { guarded, guardOf } from './spreadsheet-guard.js';

/** How calls, or some of their fields, are written into a file. */
export interface CallFormat {
  readonly mediaType: string;
  /** The beginning of the file, even if there are no calls. */
  readonly head: string;
  /** Writes a call as a line, with the line's end. */
  readonly write: (call: RecordText, out: Utf8Text) => void;
}

/** Without this mark, Excel reads UTF-8 as the code page of the machine. */
const BYTE_ORDER_MARK = '\uFEFF';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const TAB = 0x09;

/** Writes a cell at the end of a text. */
type Cell = (call: RecordText, out: Utf8Text) => void;
/** How texts and times are written. */
interface CsvForm {
  readonly isGuarded: boolean;
  /** Writes a time; undefined: in UTC. */
  readonly localOf: ((text: string) => string) | undefined;
}

function csvFormat(names: readonly ExportField[], labels: Labels, form: CsvForm): CallFormat {
  const cells = names.map((name) => (isNameField(name) ? nameCell(name, labels, form) : cellOf(name, form)));
  return {
    mediaType: 'text/csv; charset=utf-8; header=present',
    head: `${form.isGuarded ? BYTE_ORDER_MARK : ''}${names.join(',')}\r\n`,
    write: (call, out) => {
      for (const [index, cell] of cells.entries()) {
        if (index > 0) writeByte(COMMA, out);
        cell(call, out);
      }
      out.addAscii('\r\n');
    },
  };
}

function nameCell(name: NameField, labels: Labels, { isGuarded }: CsvForm): Cell {
  return madeCell(nameReader(labels, name), isGuarded ? 'guarded' : 'text');
}

function cellOf(name: CallField | ColumnField, form: CsvForm): Cell {
  if (!isColumnField(name)) return fieldCell(name, form);
  const { index, kind, valueOf } = memberColumn(name);
  const written = kind === 'text' && form.isGuarded ? 'guarded' : kind;
  return madeCell((call) => valueOf(call.text(index)), written);
}

/** @param valueOf makes the text of a cell; null: it is empty */
function madeCell(
  valueOf: (call: RecordText) => string | null,
  kind: 'guarded' | 'text' | 'json' | 'number',
): Cell {
  return (call, out) => {
    const value = valueOf(call);
    if (value === null) return;
    out.add(kind === 'number' ? value : quoted(kind === 'guarded' ? guarded(value) : value));
  };
}

function memberOf(name: ExportField, labels: Labels): JsonMember {
  if (isNameField(name)) return nameMember(name, labels);
  if (!isColumnField(name)) return jsonMember(name);
  const { index, kind, valueOf } = memberColumn(name);
  return madeMember(name, (call) => {
    const value = valueOf(call.text(index));
    return value === null || kind !== 'text' ? value : JSON.stringify(value);
  });
}

/** Only texts and JSON are in quotes. Spreadsheets show times and ids in the ledger's forms as text. */
function fieldCell(name: CallField, { isGuarded, localOf }: CsvForm): Cell {
  const index = CALL_FIELDS.indexOf(name);
  const writers: Readonly<Record<TextKind, Cell>> = {
    id: (call, out) => {
      copyPlain(call, index, out);
    },
    number: (call, out) => {
      copyPlain(call, index, out);
    },
    boolean: (call, out) => {
      out.addAscii(isTrue(call, index) ? 'true' : 'false');
    },
    time: (call, out) => {
      if (localOf === undefined) copyTime(call, index, out);
      else out.add(localOf(call.text(index) ?? ''));
    },
    text: (call, out) => {
      const isBare = !isGuarded || call.isEmpty(index);
      const guard = isBare ? '' : guardOf(call.bytes[call.from[index] ?? 0] ?? 0);
      if (guard === undefined) out.add(quoted(guarded(call.text(index) ?? '')));
      else copyQuoted(call, index, out, guard);
    },
    json: (call, out) => {
      writeByte(QUOTE, out);
      copyJson(call, index, out, '""');
      writeByte(QUOTE, out);
    },
  };
  const write = writers[kindOf(name)];
  return (call, out) => {
    if (!call.isNull(index)) write(call, out);
  };
}

/** Texts are always in quotes. So a spreadsheet that is set to keep quoted cells unchanged keeps all of them. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/**
 * Copies a text in quotes. The record has its quotes doubled already, as CSV has them, and its backslashes, too.
 *
 * @param guard stands before it
 */
function copyQuoted(call: RecordText, index: number, out: Utf8Text, guard: '' | '\t'): void {
  const { bytes } = call;
  const [from, to] = [call.from[index] ?? 0, call.to[index] ?? 0];
  out.reserve(to - from + 3);
  const written = out.bytes;
  let at = out.length;
  written[at++] = QUOTE;
  if (guard === '\t') written[at++] = TAB;
  for (let place = from; place < to; place += 1) {
    const byte = bytes[place] ?? 0;
    written[at++] = byte;
    if (byte === BACKSLASH) place += 1;
  }
  written[at++] = QUOTE;
  out.length = at;
}

function writeByte(byte: number, out: Utf8Text): void {
  out.reserve(1);
  out.bytes[out.length++] = byte;
}

/** @param names the names of the fields */
function ndjsonFormat(names: readonly ExportField[], labels: Labels): CallFormat {
  const json = callJson(names.map((name) => memberOf(name, labels)));
  return {
    mediaType: 'application/x-ndjson',
    head: '',
    write: (call, out) => {
      json(call, out);
      out.addAscii('\n');
    },
  };
}

/**
 * @param labels the names of the tasks and batches in the file
 * @param zone the IANA name of the zone of local times
 */
export function formatOf(
  { format = 'csv', fields, for: reader = 'spreadsheet', times }: ExportQuery,
  labels: Labels,
  zone: string,
): CallFormat {
  const all = format === 'csv' ? TABLE_FIELDS : EXPORT_FIELDS;
  const names = [...new Set<ExportField>(['callId', ...(fields ?? all)])];
  if (format === 'ndjson') return ndjsonFormat(names, labels);
  const localOf = times === 'local' ? localTimes(zone) : undefined;
  return csvFormat(names, labels, { isGuarded: reader === 'spreadsheet', localOf });
}
