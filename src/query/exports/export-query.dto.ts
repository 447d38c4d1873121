import { ChoiceParameter } from '../../http/parameters/parameters.js';
import { CallSelection } from '../calls/call-query.dto.js';

export const EXPORT_FORMATS = ['csv', 'ndjson'] as const;
export const CSV_READERS = ['spreadsheet', 'program'] as const;

/** Which calls, in which order, what of them, and in which form. */
export class ExportQuery extends CallSelection {
  @ChoiceParameter(
    {
      description: 'A table with a line of field names (RFC 4180), or a JSON object a line.',
      example: 'csv',
    },
    EXPORT_FORMATS,
    'csv',
  )
  format?: (typeof EXPORT_FORMATS)[number];

  @ChoiceParameter(
    {
      description:
        'Who opens the CSV. For a `spreadsheet` it begins with a byte order mark; before text that would be taken for a ' +
        'number, a date or a truth value stands a tab, before text that would be taken for a formula an apostrophe. ' +
        'For a `program` every value is as the ledger holds it.',
      example: 'spreadsheet',
    },
    CSV_READERS,
    'spreadsheet',
  )
  for?: (typeof CSV_READERS)[number];
}
