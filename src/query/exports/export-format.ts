// What an export asks for in, the way in which its calls are written out.
import { stringifyExact } from '../../http/exact-json.js';
import { CALL_FIELDS, type CallField, withFields } from '../calls/call-fields.js';
import type { SelectedCall } from '../calls/call.dto.js';
import type { CallFormat } from './call-format.js';
import { csvFormat } from './csv-format.js';
import type { ExportQuery } from './export-query.dto.js';

const NDJSON: CallFormat<SelectedCall> = {
  mediaType: 'application/x-ndjson',
  head: '',
  line: (call) => `${stringifyExact(call)}\n`,
};

export function formatOf({ format = 'csv', fields, for: reader = 'spreadsheet' }: ExportQuery): CallFormat {
  const names = new Set<CallField>(['callId', ...(fields ?? CALL_FIELDS)]);
  const chosen = format === 'csv' ? csvFormat([...names], reader) : NDJSON;
  return fields === undefined ? chosen : { ...chosen, line: (call) => chosen.line(withFields(call, fields)) };
}
