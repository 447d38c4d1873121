// A row of calls in, the call as the API answers it out.
import { type CustomTypesConfig, types } from 'pg';
import { parseExact } from '../../json/exact-numbers.js';
import type { CallDto } from './call.dto.js';

const DASH = 45;
const PARSERS: { readonly getTypeParser: (type: number) => (text: string) => unknown } = types;

/** A row of calls as `pg` gives it with {@link ISO_TIMES}. */
export interface CallRow {
  readonly call_id: string;
  readonly task_id: string | null;
  readonly batch_id: string | null;
  readonly detail_id: string | null;
  readonly out_id: string | null;
  readonly originate_time: string | null;
  readonly ring_time: string | null;
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly duration: number | null;
  readonly b_originate_time: string | null;
  readonly b_ring_time: string | null;
  readonly b_start_time: string | null;
  readonly b_end_time: string | null;
  readonly b_duration: number | null;
  readonly status_code: string | null;
  readonly smart_status_code: string | null;
  readonly status_msg: string | null;
  readonly caller: string | null;
  readonly real_caller: string | null;
  readonly callee: string | null;
  readonly hangup_direction: string | null;
  readonly occurred_at: string;
  readonly answered: boolean;
  readonly source: string;
  /** JSON text: its numbers may have more digits than a double. */
  readonly extra: string | null;
  readonly warnings: CallDto['warnings'];
  readonly revision: number;
  readonly first_received_at: string;
  readonly last_received_at: string;
  readonly delivery_id: string;
}

/** The columns of {@link CallRow}, in the order of `CALL_FIELDS`. */
export const CALL_COLUMNS = `call_id, task_id, batch_id, detail_id, out_id, originate_time, ring_time, start_time,
  end_time, duration, b_originate_time, b_ring_time, b_start_time, b_end_time, b_duration, status_code,
  smart_status_code, status_msg, caller, real_caller, callee, hangup_direction, occurred_at, answered, source,
  extra::text AS extra, warnings, revision, first_received_at, last_received_at, delivery_id`;

export function callDto(row: CallRow): CallDto {
  return {
    callId: row.call_id,
    taskId: row.task_id,
    batchId: row.batch_id,
    detailId: row.detail_id,
    outId: row.out_id,
    originateTime: row.originate_time,
    ringTime: row.ring_time,
    startTime: row.start_time,
    endTime: row.end_time,
    duration: row.duration,
    bOriginateTime: row.b_originate_time,
    bRingTime: row.b_ring_time,
    bStartTime: row.b_start_time,
    bEndTime: row.b_end_time,
    bDuration: row.b_duration,
    statusCode: row.status_code,
    smartStatusCode: row.smart_status_code,
    statusMsg: row.status_msg,
    caller: row.caller,
    realCaller: row.real_caller,
    callee: row.callee,
    hangupDirection: row.hangup_direction,
    occurredAt: row.occurred_at,
    answered: row.answered,
    source: row.source,
    extra: row.extra === null ? null : (parseExact(row.extra) as CallDto['extra']),
    warnings: row.warnings,
    revision: row.revision,
    firstReceivedAt: row.first_received_at,
    lastReceivedAt: row.last_received_at,
    deliveryId: row.delivery_id,
  };
}

/** Times as ISO 8601. By way of `Date`, which `pg` makes of them, reading a row took twice as long. */
export const ISO_TIMES: CustomTypesConfig = {
  getTypeParser: (type, format): unknown =>
    type === types.builtins.TIMESTAMPTZ && format !== 'binary' ? isoOf : types.getTypeParser(type, format),
};

/** Values as PostgreSQL writes them. */
export const AS_WRITTEN: CustomTypesConfig = { getTypeParser: () => (text: unknown) => text };

/** As `pg` reads it: of any zone and year. */
function dateOf(text: string): Date {
  const read = PARSERS.getTypeParser(types.builtins.TIMESTAMPTZ)(text);
  if (read instanceof Date) return read;
  throw new Error('PostgreSQL gave no time where one was asked for');
}

/** Of what PostgreSQL writes: `2025-06-01 01:59:45+00`, or with up to six digits after the second. */
export function isoOf(text: string): string {
  // Of a session that is not in UTC; and of years with more digits, or before our time.
  if (!text.endsWith('+00') || text.charCodeAt(4) !== DASH) return dateOf(text).toISOString();
  const fraction = text.length === 22 ? '000' : text.slice(20, -3).padEnd(3, '0').slice(0, 3);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
}
