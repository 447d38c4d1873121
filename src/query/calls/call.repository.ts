// The reads of calls and call_revisions.
import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/database.js';
import { SqlConditions } from '../sql-conditions.js';
import { CALL_COLUMNS, type CallRow } from './call-row.js';

/** What calls to list. Times are epoch milliseconds, ranges half-open. */
export interface CallFilter {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly receivedFrom?: number | undefined;
  readonly receivedTo?: number | undefined;
  readonly source?: readonly string[] | undefined;
  readonly taskId?: readonly string[] | undefined;
  readonly batchId?: readonly string[] | undefined;
  readonly detailId?: readonly string[] | undefined;
  readonly outId?: readonly string[] | undefined;
  readonly callId?: readonly string[] | undefined;
  readonly caller?: readonly string[] | undefined;
  readonly realCaller?: readonly string[] | undefined;
  readonly callee?: readonly string[] | undefined;
  readonly calleeEndsWith?: string | undefined;
  readonly statusCode?: readonly string[] | undefined;
  readonly smartStatusCode?: readonly string[] | undefined;
  readonly hangupDirection?: readonly string[] | undefined;
  readonly answered?: boolean | undefined;
  readonly minDuration?: number | undefined;
  readonly maxDuration?: number | undefined;
  readonly hasWarnings?: boolean | undefined;
}

/** A call's place in time order: epoch milliseconds and callId. */
export interface CallPosition {
  readonly occurredAt: number;
  readonly callId: string;
}

interface RevisionRow {
  readonly revision: number | null;
  readonly received_at: Date;
  readonly delivery_id: string;
  /** JSON text. */
  readonly content: string;
}

@Injectable()
export class CallRepository {
  constructor(private readonly database: Database) {}

  /** The calls after a position, in time order. */
  list(
    filter: CallFilter,
    order: 'asc' | 'desc',
    after: CallPosition | undefined,
    limit: number,
  ): Promise<CallRow[]> {
    const sql = conditionsOf(filter);
    if (after !== undefined) {
      const position = `(${sql.instant(after.occurredAt)}, ${sql.parameter(after.callId)})`;
      sql.add(`(occurred_at, call_id) ${order === 'desc' ? '<' : '>'} ${position}`);
    }
    const text = `SELECT ${CALL_COLUMNS} FROM calls ${sql.where}
      ORDER BY occurred_at ${order}, call_id ${order} LIMIT ${sql.parameter(limit)}`;
    return this.database.query<CallRow>({ text, values: sql.values });
  }

  async find(callId: string): Promise<CallRow | undefined> {
    const text = `SELECT ${CALL_COLUMNS} FROM calls WHERE call_id = $1`;
    const [row] = await this.database.query<CallRow>({ name: 'find-call', text, values: [callId] });
    return row;
  }

  /** The contents of a call that are not its present one. */
  pastContents(callId: string): Promise<RevisionRow[]> {
    const text =
      'SELECT revision, received_at, delivery_id, content::text FROM call_revisions WHERE call_id = $1';
    return this.database.query<RevisionRow>({ name: 'past-contents', text, values: [callId] });
  }
}

function conditionsOf(filter: CallFilter): SqlConditions {
  const sql = new SqlConditions();
  sql.between('occurred_at', filter.from, filter.to);
  sql.between('last_received_at', filter.receivedFrom, filter.receivedTo);
  sql.oneOf('source', filter.source);
  sql.oneOf('task_id', filter.taskId);
  sql.oneOf('batch_id', filter.batchId);
  sql.oneOf('detail_id', filter.detailId);
  sql.oneOf('out_id', filter.outId);
  sql.oneOf('call_id', filter.callId);
  sql.oneOf('caller', filter.caller);
  sql.oneOf('real_caller', filter.realCaller);
  sql.oneOf('reverse(callee)', filter.callee?.map(reversed));
  if (filter.calleeEndsWith !== undefined) {
    sql.add(`reverse(callee) LIKE ${sql.parameter(`${reversed(filter.calleeEndsWith)}%`)}`);
  }
  sql.oneOf('status_code', filter.statusCode);
  sql.oneOf('smart_status_code', filter.smartStatusCode);
  sql.oneOf('hangup_direction', filter.hangupDirection);
  if (filter.answered !== undefined) sql.add(filter.answered ? 'answered' : 'NOT answered');
  sql.atLeast('duration', filter.minDuration);
  sql.atMost('duration', filter.maxDuration);
  if (filter.hasWarnings !== undefined) sql.add(`warnings IS ${filter.hasWarnings ? 'NOT ' : ''}NULL`);
  return sql;
}

/** By code points, as PostgreSQL's `reverse`. */
function reversed(text: string): string {
  return Array.from(text).reverse().join('');
}
