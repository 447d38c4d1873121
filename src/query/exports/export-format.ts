// What an export asks for in, the way in which its calls are written out.
import { CALL_FIELDS, type CallField } from '../calls/call-fields.js';
import type { CallFormat } from './call-format.js';
import { csvFormat } from './csv-format.js';
import type { ExportQuery } from './export-query.dto.js';
import { ndjsonFormat } from './ndjson-format.js';

export function formatOf({ format = 'csv', fields, for: reader = 'spreadsheet' }: ExportQuery): CallFormat {
  const names = [...new Set<CallField>(['callId', ...(fields ?? CALL_FIELDS)])];
  return format === 'csv' ? csvFormat(names, reader) : ndjsonFormat(names);
}
