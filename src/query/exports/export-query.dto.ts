import { ChoiceParameter, ChoicesParameter } from '../../http/parameters/parameters.js';
import { OrderedCalls } from '../calls/call-query.dto.js';
import { EXPORT_FIELDS, type ExportField } from './export-fields.js';

export const EXPORT_FORMATS = ['csv', 'ndjson'] as const;
export const CSV_READERS = ['spreadsheet', 'program'] as const;
export const TIME_FORMS = ['utc', 'local'] as const;

/** Which calls, in which order, which of their fields, and in which form. */
export class ExportQuery extends OrderedCalls {
  @ChoicesParameter(
    {
      description:
        'The fields to write, in addition to `callId`. Default: all fields; but a table has `note` and `recording` only if they are named.',
      example: 'outId,answered,majorIntent',
    },
    EXPORT_FIELDS,
  )
  fields?: ExportField[];

  @ChoiceParameter(
    {
      description:
        '`csv`: a table with a line of field names (RFC 4180). `ndjson`: a JSON object in each line.',
      example: 'csv',
    },
    EXPORT_FORMATS,
    'csv',
  )
  format?: (typeof EXPORT_FORMATS)[number];

  @ChoiceParameter(
    {
      description:
        'What reads the CSV. For a `spreadsheet`, the file begins with a byte order mark. A tab is put before text that would be ' +
        'read as a number, a date or a truth value, and an apostrophe before text that would be read as a formula. ' +
        'For a `program`, every value is written as it is in the ledger.',
      example: 'spreadsheet',
    },
    CSV_READERS,
    'spreadsheet',
  )
  for?: (typeof CSV_READERS)[number];

  @ChoiceParameter(
    {
      description:
        'How a table shows times. `utc`: ISO 8601 in UTC. `local`: in `timeZone`, as `2025-06-01 09:59:45`, which spreadsheets read as a time. `local` leaves out parts of a second, and times inside JSON stay in UTC. It needs `format=csv`.',
      example: 'local',
    },
    TIME_FORMS,
    'utc',
  )
  times?: (typeof TIME_FORMS)[number];
}
