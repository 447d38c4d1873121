// Counts the calls of each code, from the rollups.
import { Injectable } from '@nestjs/common';
import { ReadingDatabase } from '../../persistence/connections/reading-database.js';
import { isOfSources, type Viewer } from '../../security/visible-sources.js';

/** The number of calls with this pair of codes. A code is empty text if the calls have none. */
export interface CodeCount {
  readonly status_code: string;
  readonly smart_status_code: string;
  readonly calls: string;
}

const COUNT_CODES = {
  name: 'count-codes',
  text: `SELECT status_code, smart_status_code, sum(calls) AS calls FROM call_rollups
    WHERE ${isOfSources('$1')} GROUP BY status_code, smart_status_code HAVING sum(calls) > 0`,
};

@Injectable()
export class StatusCodeRepository {
  constructor(private readonly database: ReadingDatabase) {}

  counts({ sources }: Viewer): Promise<CodeCount[]> {
    return this.database.read<CodeCount>({ ...COUNT_CODES, values: [sources] });
  }
}
