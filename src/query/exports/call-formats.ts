// How calls are written into a file: CSV (RFC 4180), and a JSON object a line.
import { CALL_FIELDS, type CallField } from '../calls/call-fields.js';
import { type CallTexts, kindOf, type TextKind } from './call-texts.js';
import type { ExportQuery } from './export-query.dto.js';

/** How calls, or those fields of them that are wanted, are written into a file. */
export interface CallFormat {
  readonly mediaType: string;
  /** What the file begins with, also when there is no call. */
  readonly head: string;
  /** A call, with the end of its line. */
  readonly line: (call: CallTexts) => string;
}

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

/** What OWASP names (ASVS 5.0, 1.2.10), also after spaces, and the full-width forms, which Excel takes for the same. */
const FORMULA = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u;
/** A number, a date or a time in any form begins so, behind brackets or currency signs. */
const NUMBER = /^\P{L}*\p{Nd}/u;
/** `TRUE`, and what English versions of Excel take for a date, such as `SEPT2`. */
const WORD = /^(?:(?:true|false)$|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[^a-z]*\d)/i;

/**
 * Puts a tab before a text that a spreadsheet would make a number, a date or a truth value of, because even in quotes
 * `05710000000` loses its zero and `118100000000000001` its last digit; and an apostrophe before one that it would
 * run as a formula.
 */
export function guarded(text: string): string {
  const first = text.charCodeAt(0);
  // Nearly all ids and numbers begin with a digit, nearly all codes with a letter: neither needs the costlier looks.
  if (first >= 0x30 && first <= 0x39) return `\t${text}`;
  const letter = first | 0x20;
  if (letter >= 0x61 && letter <= 0x7a) return WORD.test(text) ? `\t${text}` : text;
  if (FORMULA.test(text)) return `'${text}`;
  return NUMBER.test(text) ? `\t${text}` : text;
}

/** What JSON has without quotes. */
const BARE = new Set<TextKind>(['number', 'boolean', 'json']);
// eslint-disable-next-line no-control-regex -- these are what JSON writes otherwise
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/;

/** @param names of the fields */
export function ndjsonFormat(names: readonly CallField[]): CallFormat {
  const members = names.map((name, place) => ({
    index: CALL_FIELDS.indexOf(name),
    key: `${place === 0 ? '{' : ','}"${name}":`,
    valueOf: valuesOf(kindOf(name)),
  }));
  return {
    mediaType: 'application/x-ndjson',
    head: '',
    line: (call) => {
      let json = '';
      for (const { index, key, valueOf } of members) json += key + valueOf(call[index]);
      return `${json}}\n`;
    },
  };
}

function valuesOf(kind: TextKind): (text: Text) => string {
  if (BARE.has(kind)) return (text) => text ?? 'null';
  // Most texts need no care: by `JSON.stringify` alone, a line took twice as long.
  return (text) => {
    if (text === null || text === undefined) return 'null';
    return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
  };
}

export function formatOf({ format = 'csv', fields, for: reader = 'spreadsheet' }: ExportQuery): CallFormat {
  const names = [...new Set<CallField>(['callId', ...(fields ?? CALL_FIELDS)])];
  return format === 'csv' ? csvFormat(names, reader) : ndjsonFormat(names);
}
