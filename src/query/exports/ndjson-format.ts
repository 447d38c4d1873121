// The fields of calls in, lines of JSON out, each as the API's lists have it.
import { CALL_FIELDS, type CallField } from '../calls/call-fields.js';
import type { CallFormat } from './call-format.js';
import { kindOf, type TextKind } from './call-texts.js';

type Text = string | null | undefined;

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
