// Makes the conditions of a WHERE clause from the parameters that choose calls.
import { instantOf } from '../../http/parameters/instant-text.js';
import { coreOf, plainForms } from '../../numbers/core.js';
import { columnOf } from '../../persistence/sql/entity-columns.js';
import type { SqlConditions } from '../../persistence/sql/sql-conditions.js';
import { type Viewer, visibleTo } from '../../security/visible-sources.js';
import { SHORTEST_WITH_ALL_SHOWN } from '../../security/masking/number-mask.js';
import { type KeyHolder, seesNumbers } from '../../security/principal.js';
import { hashOf } from './call-order.js';
import type { CallConditions } from './call-query.dto.js';

type Times = 'from' | 'to' | 'receivedFrom' | 'receivedTo';
type Asked = Omit<CallConditions, Times | 'timeZone'>;

/** Which calls. Times are epoch milliseconds, and ranges are half-open. */
export type CallFilter = {
  readonly [Name in keyof Asked]: Asked[Name] extends string[] | undefined
    ? readonly string[] | undefined
    : Asked[Name] | undefined;
} & { readonly [Name in Times]?: number | undefined } & {
  /** The least length of the callees that `calleeEndsWith` finds, in characters. */
  readonly leastCallee?: number | undefined;
};

/** The conditions that name one or more values of a field. */
const OF_VALUES = [
  'source',
  'detailId',
  'outId',
  'callId',
  'statusCode',
  'smartStatusCode',
  'hangupDirection',
] as const satisfies readonly (keyof Asked)[];

/**
 * Reads the filter from the parameters.
 *
 * @param zone the zone of dates, if the parameters name none
 * @param asker the key's holder. A search by last digits finds only calls whose last digits the holder may see.
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

/** @param viewer the reader. Calls of sources that the reader may not see fit no filter. */
export function conditionsOf(filter: CallFilter, viewer: Viewer): SqlConditions {
  const sql = visibleTo(viewer);
  sql.between('occurred_at', filter.from, filter.to);
  sql.between('last_received_at', filter.receivedFrom, filter.receivedTo);
  for (const field of OF_VALUES) sql.oneOf(columnOf(field).name, filter[field]);
  addHashed(sql, 'task_id', filter.taskId);
  addHashed(sql, 'batch_id', filter.batchId);
  sql.oneOf('caller', filter.caller?.flatMap(formsOf));
  sql.oneOf('real_caller', filter.realCaller?.flatMap(formsOf));
  sql.oneOf('reverse(callee)', filter.callee?.flatMap(formsOf).map(reversed));
  if (filter.calleeEndsWith !== undefined) {
    sql.add(`reverse(callee) LIKE ${sql.parameter(`${reversed(filter.calleeEndsWith)}%`)}`);
    sql.add(`length(callee) >= ${sql.parameter(filter.leastCallee ?? 0)}`);
  }
  if (filter.answered !== undefined) sql.add(filter.answered ? 'answered' : 'NOT answered');
  sql.atLeast('duration', filter.minDuration);
  sql.atMost('duration', filter.maxDuration);
  if (filter.hasWarnings !== undefined) sql.add(`warnings IS ${filter.hasWarnings ? 'NOT ' : ''}NULL`);
  addMessage(sql, 'call_notes', noteConditions(sql, filter), filter.hasNote);
  addRecording(sql, filter);
  return sql;
}

/**
 * Adds a condition on an id whose index has its hash. The ids are compared, too, because two may have the same hash. For
 * that comparison, `coalesce` keeps PostgreSQL from expecting as few of the calls once more.
 */
function addHashed(sql: SqlConditions, column: string, values: readonly string[] | undefined): void {
  if (values === undefined) return;
  const wanted = values.map((value) => `${sql.parameter(value)}::text`);
  // Only with `=` can an index return the rows in the page's order.
  const among = (those: readonly string[], type: string) =>
    those.length === 1 ? those.join() : `ANY(ARRAY[${those.join(', ')}]::${type}[])`;
  sql.add(`${hashOf(column)} = ${among(wanted.map(hashOf), 'bigint')}`);
  sql.add(`coalesce(${column} = ${among(wanted, 'text')}, false)`);
}

/** The conditions on a call's note `m`. */
export function noteConditions(
  sql: SqlConditions,
  { majorIntent, tag = [] }: Pick<CallFilter, 'majorIntent' | 'tag'>,
): string[] {
  const conditions = tag.map((each) => {
    const [name, value] = [each.slice(0, each.indexOf(':')), each.slice(each.indexOf(':') + 1)];
    const holds = [value, [value]].map((wanted) => sql.parameter(JSON.stringify({ [name]: wanted })));
    return `(${holds.map((wanted) => `m.output_tags @> ${wanted}::jsonb`).join(' OR ')})`;
  });
  if (majorIntent !== undefined)
    conditions.push(`m.major_intent = ANY(${sql.parameter(majorIntent)}::text[])`);
  return conditions;
}

function addRecording(sql: SqlConditions, { recordingState, hasRecording }: CallFilter): void {
  const conditions =
    recordingState === undefined ? [] : [`m.state = ANY(${sql.parameter(recordingState)}::text[])`];
  addMessage(sql, 'call_recordings', conditions, hasRecording);
}

/** @param conditions of the message's row `m`, if the call must have one that meets them */
function addMessage(
  sql: SqlConditions,
  table: string,
  conditions: readonly string[],
  has: boolean | undefined,
): void {
  const exists = (those: readonly string[]) =>
    `EXISTS (SELECT 1 FROM ${table} m WHERE ${['m.call_id = calls.call_id', ...those].join(' AND ')})`;
  if (conditions.length > 0) sql.add(exists(conditions));
  if (has !== undefined) sql.add(`${has ? '' : 'NOT '}${exists([])}`);
}

/** Returns a number as it was written, and its digits alone with each prefix that it may have. */
function formsOf(written: string): string[] {
  const core = coreOf(written);
  return core === undefined ? [written] : [...new Set([written, ...plainForms(core)])];
}

/** Reverses by code points, like PostgreSQL's `reverse`. */
function reversed(text: string): string {
  return Array.from(text).reverse().join('');
}
