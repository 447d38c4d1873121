import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { QueryServer } from '../../persistence/connections/query-server.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { LOCK_TIME_OUT } from '../../persistence/connections/session.js';
import type { Viewer } from '../../security/visible-sources.js';
import { AS_WRITTEN } from '../../persistence/sql/value-parsers.js';
import { type CallFilter, conditionsOf } from '../calls/call-filter.js';
import { type CallField, callRecord } from '../calls/call-fields.js';
import { noteOf, recordingOf } from '../calls/call-messages.js';
import { inTime, placeInMoment } from '../calls/call-order.js';
import type { CallRecordText } from '../calls/call-texts.js';
import { RowFlow } from './row-flow.js';

/**
 * An export may take any time: the statement time-out of the pool's connections is only for queries that are
 * answered at once.
 */
const BEGIN = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
  SET LOCAL statement_timeout = 0; ${LOCK_TIME_OUT}; SET LOCAL timezone = 'UTC'`;
const TERMINATE = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1';

/** Which rows an export has, beside its filter. */
interface ExportedRows {
  readonly order: 'asc' | 'desc';
  /** The fields that are read. */
  readonly fields: readonly CallField[];
}

/** Reads the calls of an export. */
@Injectable()
export class ExportRepository {
  constructor(private readonly nodes: ClusterNodes) {}

  /**
   * Opens a query for the calls of a filter, in time order, as they are when the flow starts. Values stay in
   * PostgreSQL's text form: converting them to numbers, times and objects, and back to text for the file, took half
   * of the time of an export.
   *
   * Where calls must be sorted, their columns are sorted and not their records, which hold all JSON in full. Citus can't do
   * that on the nodes.
   *
   * @param server the server that runs the query, and on which it is ended
   * @throws DatabaseUnavailableError
   */
  async open(
    server: QueryServer,
    filter: CallFilter,
    { order, fields }: ExportedRows,
    viewer: Viewer,
  ): Promise<RowFlow<[CallRecordText]>> {
    const { where, values } = conditionsOf(filter, viewer);
    const messages = {
      note: fields.includes('note') ? noteOf('calls') : 'NULL',
      recording: fields.includes('recording') ? recordingOf('calls') : 'NULL',
    };
    const text = this.nodes.isDistributed
      ? `SELECT ${callRecord(messages)} FROM calls ${where} ORDER BY ${inTime(order)}`
      : `SELECT ${callRecord(messages)} FROM (
          SELECT *, ${placeInMoment('call_id')} AS place FROM calls ${where} ORDER BY ${inTime(order, 'place')}
        ) AS calls ORDER BY ${inTime(order, 'place')}`;
    const name = `call-ledger export ${randomUUID()}`;
    const client = await server.dedicatedConnection(name);
    const query = { text, values, types: AS_WRITTEN, rowMode: 'array' } as const;
    return new RowFlow<[CallRecordText]>(client, BEGIN, query, () =>
      server.query({ text: TERMINATE, values: [name] }),
    );
  }
}
