// The read of all calls of a filter.
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Database } from '../../persistence/database.js';
import type { Viewer } from '../../persistence/sql-conditions.js';
import { type CallFilter, conditionsOf } from '../calls/call-filter.js';
import { CALL_COLUMNS, type CallRow, ISO_TIMES } from '../calls/call-row.js';
import { RowFlow } from './row-flow.js';

/** The statement time-out of the pool's connections is for what is answered at once. */
const BEGIN = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL statement_timeout = 0; SET LOCAL timezone = 'UTC'`;
const TERMINATE = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1';

@Injectable()
export class ExportRepository {
  constructor(private readonly database: Database) {}

  /**
   * The calls of a filter, in time order, as they are when the flow is started.
   *
   * @throws DatabaseUnavailableError
   */
  async open(filter: CallFilter, order: 'asc' | 'desc', viewer: Viewer): Promise<RowFlow<CallRow>> {
    const { where, values } = conditionsOf(filter, viewer);
    const text = `SELECT ${CALL_COLUMNS} FROM calls ${where} ORDER BY occurred_at ${order}, call_id ${order}`;
    const name = `call-ledger export ${randomUUID()}`;
    const client = await this.database.connectApart(name);
    return new RowFlow<CallRow>(client, BEGIN, { text, values, types: ISO_TIMES }, () =>
      this.database.query({ text: TERMINATE, values: [name] }),
    );
  }
}
