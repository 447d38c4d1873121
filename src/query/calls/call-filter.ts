// The conditions of a WHERE clause by the parameters that say which calls are meant.
import { instantOf } from '../../http/instant-text.js';
import { coreOf, plainForms } from '../../numbers/core.js';
import { SqlConditions, type Viewer } from '../../persistence/sql-conditions.js';
import { SHORTEST_WITH_ALL_SHOWN } from '../../security/masking/number-mask.js';
import { type KeyHolder, seesNumbers } from '../../security/principal.js';
import type { CallConditions } from './call-query.dto.js';

/** Which calls. Times are epoch milliseconds, ranges half-open. */
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
  /** Of calls that {@link calleeEndsWith} finds: so many characters has the callee at least. */
  readonly leastCallee?: number | undefined;
  readonly statusCode?: readonly string[] | undefined;
  readonly smartStatusCode?: readonly string[] | undefined;
  readonly hangupDirection?: readonly string[] | undefined;
  readonly answered?: boolean | undefined;
  readonly minDuration?: number | undefined;
  readonly maxDuration?: number | undefined;
  readonly hasWarnings?: boolean | undefined;
}

/**
 * @param zone of dates for which the parameters name none
 * @param asker finds by last digits only calls whose last digits they would see
 */
export function filterOf(query: CallConditions, zone: string, asker: KeyHolder): CallFilter {
  const time = (text: string | undefined) =>
    text === undefined ? undefined : instantOf(text, query.timeZone ?? zone);
  const times = {
    from: time(query.from),
    to: time(query.to),
    receivedFrom: time(query.receivedFrom),
    receivedTo: time(query.receivedTo),
  };
  const leastCallee = seesNumbers(asker) ? 0 : SHORTEST_WITH_ALL_SHOWN;
  return { ...query, ...times, leastCallee };
}

/** @param viewer whoever reads: calls of other sources fit no filter */
export function conditionsOf(filter: CallFilter, viewer: Viewer): SqlConditions {
  const sql = SqlConditions.visibleTo(viewer);
  sql.between('occurred_at', filter.from, filter.to);
  sql.between('last_received_at', filter.receivedFrom, filter.receivedTo);
  sql.oneOf('source', filter.source);
  sql.oneOf('task_id', filter.taskId);
  sql.oneOf('batch_id', filter.batchId);
  sql.oneOf('detail_id', filter.detailId);
  sql.oneOf('out_id', filter.outId);
  sql.oneOf('call_id', filter.callId);
  sql.oneOf('caller', filter.caller?.flatMap(formsOf));
  sql.oneOf('real_caller', filter.realCaller?.flatMap(formsOf));
  sql.oneOf('reverse(callee)', filter.callee?.flatMap(formsOf).map(reversed));
  if (filter.calleeEndsWith !== undefined) {
    sql.add(`reverse(callee) LIKE ${sql.parameter(`${reversed(filter.calleeEndsWith)}%`)}`);
    sql.add(`length(callee) >= ${sql.parameter(filter.leastCallee ?? 0)}`);
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

/** A number as it was written, and without anything between its digits with each prefix that it may have come with. */
function formsOf(written: string): string[] {
  const core = coreOf(written);
  return core === undefined ? [written] : [...new Set([written, ...plainForms(core)])];
}

/** By code points, as PostgreSQL's `reverse`. */
function reversed(text: string): string {
  return Array.from(text).reverse().join('');
}
