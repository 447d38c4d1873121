// The formats of exports: CSV (RFC 4180), and NDJSON with a JSON object in each line.
import { CALL_FIELDS, type CallField } from '../calls/call-fields.js';
import { callJson, type JsonMember, jsonMember, jsonText, nameMember } from '../calls/call-json.js';
import { idsOf, isNameField, type NameField, nameIn } from '../calls/call-names.js';
import { type CallTexts, kindOf, readingOf, remembering } from '../calls/call-texts.js';
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

/** How calls, or some of their fields, are written into a file. */
export interface CallFormat {
  readonly mediaType: string;
  /** The beginning of the file, even if there are no calls. */
  readonly head: string;
  /** Writes a call as a line, with the line's end. */
  readonly line: (call: CallTexts) => string;
}

/** Without this mark, Excel reads UTF-8 as the code page of the machine. */
const BYTE_ORDER_MARK = '\uFEFF';

type Text = string | null | undefined;
type Cell = (text: Text) => string;

/**
 * @param names the names of the columns
 * @param localOf writes a time; undefined: in UTC
 */
function csvFormat(
  names: readonly ExportField[],
  labels: Labels,
  reader: 'spreadsheet' | 'program',
  localOf: ((text: string) => string) | undefined,
): CallFormat {
  const textOf = reader === 'spreadsheet' ? guarded : (text: string) => text;
  const columns = names.map((name) =>
    isNameField(name) ? nameColumn(name, labels, textOf) : columnOf(name, textOf, localOf),
  );
  return {
    mediaType: 'text/csv; charset=utf-8; header=present',
    head: `${reader === 'spreadsheet' ? BYTE_ORDER_MARK : ''}${names.join(',')}\r\n`,
    line: (call) => `${columns.map(({ index, cell }) => cell(call[index], call)).join(',')}\r\n`,
  };
}

interface CsvColumn {
  readonly index: number;
  readonly cell: (text: Text, call: CallTexts) => string;
}

function nameColumn(name: NameField, labels: Labels, textOf: (text: string) => string): CsvColumn {
  const write = (text: string) => quoted(textOf(text));
  return { index: 0, cell: (_text, call) => writtenOr('', nameIn(labels, name, idsOf(call)), write) };
}

function columnOf(
  name: CallField | ColumnField,
  textOf: (text: string) => string,
  localOf: ((text: string) => string) | undefined,
): CsvColumn {
  if (!isColumnField(name)) return { index: CALL_FIELDS.indexOf(name), cell: cellOf(name, textOf, localOf) };
  const { index, kind, valueOf } = memberColumn(name);
  const write = { text: (text: string) => quoted(textOf(text)), json: quoted, number: plain }[kind];
  return { index, cell: (json) => writtenOr('', valueOf(json), write) };
}

function memberOf(name: ExportField, labels: Labels): JsonMember {
  if (isNameField(name)) return nameMember(name, labels);
  if (!isColumnField(name)) return jsonMember(name);
  const { index, kind, valueOf } = memberColumn(name);
  const write = kind === 'text' ? jsonText : plain;
  return { name, index, valueOf: (json) => writtenOr('null', valueOf(json), write) };
}

function writtenOr(none: string, value: string | null, write: (text: string) => string): string {
  return value === null ? none : write(value);
}

function plain(text: string): string {
  return text;
}

/** Only texts and JSON are in quotes. Spreadsheets show times and ids in the ledger's forms as text. */
function cellOf(
  name: CallField,
  textOf: (text: string) => string,
  localOf: ((text: string) => string) | undefined,
): Cell {
  const kind = kindOf(name);
  const reading = readingOf(name);
  const cell = (write: (text: string) => string): Cell => {
    return (text) => (text === null || text === undefined ? '' : write(text));
  };
  if (kind === 'text') return remembering(cell((text) => quoted(textOf(text))));
  if (kind === 'json') return cell((text) => quoted(reading(text)));
  return kind === 'time' ? remembering(cell(localOf ?? reading)) : cell(reading);
}

/** Texts are always in quotes. So a spreadsheet that is set to keep quoted cells unchanged keeps all of them. */
function quoted(text: string): string {
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : `"${text}"`;
}

/**
 * The starts of formulas that OWASP names (ASVS 5.0, 1.2.10), also after spaces, and their full-width forms, which
 * Excel reads the same way.
 */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;
/** The start of a number, a date or a time in any form, which may have brackets or currency signs before it. */
const NUMBER = /^\P{L}*\p{Nd}/u;
/** `TRUE` and `FALSE`, and texts that English versions of Excel read as dates, such as `SEPT2`. */
const WORD = /^(?:(?:true|false)$|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[^a-z]*\d)/i;

/**
 * Protects a text from being changed by a spreadsheet. It puts a tab before a text that would become a number, a
 * date or a truth value: even in quotes, `05710000000` loses its zero and `118100000000000001` its last digit. It
 * puts an apostrophe before a text that would run as a formula.
 */
export function guarded(text: string): string {
  const first = text.charCodeAt(0);
  // Nearly all ids and numbers begin with a digit, and nearly all codes with a letter. They do not need the slower
  // checks.
  if (first >= 0x30 && first <= 0x39) return `\t${text}`;
  const letter = first | 0x20;
  if (letter >= 0x61 && letter <= 0x7a) return WORD.test(text) ? `\t${text}` : text;
  if (FORMULA.test(text)) return `'${text}`;
  return NUMBER.test(text) ? `\t${text}` : text;
}

/** @param names the names of the fields */
function ndjsonFormat(names: readonly ExportField[], labels: Labels): CallFormat {
  const json = callJson(names.map((name) => memberOf(name, labels)));
  return { mediaType: 'application/x-ndjson', head: '', line: (call) => `${json(call)}\n` };
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
  return csvFormat(names, labels, reader, times === 'local' ? localTimes(zone) : undefined);
}
