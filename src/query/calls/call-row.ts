// A row of calls in, the call as the API answers it out.
import { type CustomTypesConfig, types } from 'pg';
import { parseExact } from '../../http/exact-json.js';
import type { CallDto } from './call.dto.js';

/** As `pg` reads it, or ISO 8601 with {@link ISO_TIMES}. */
type Time = Date | string;

/** A row of calls as `pg` gives it. */
export interface CallRow {
  readonly call_id: string;
  readonly task_id: string | null;
  readonly batch_id: string | null;
  readonly detail_id: string | null;
  readonly out_id: string | null;
  readonly originate_time: Time | null;
  readonly ring_time: Time | null;
  readonly start_time: Time | null;
  readonly end_time: Time | null;
  readonly duration: number | null;
  readonly b_originate_time: Time | null;
  readonly b_ring_time: Time | null;
  readonly b_start_time: Time | null;
  readonly b_end_time: Time | null;
  readonly b_duration: number | null;
  readonly status_code: string | null;
  readonly smart_status_code: string | null;
  readonly status_msg: string | null;
  readonly caller: string | null;
  readonly real_caller: string | null;
  readonly callee: string | null;
  readonly hangup_direction: string | null;
  readonly occurred_at: Time;
  readonly answered: boolean;
  readonly source: string;
  /** JSON text: its numbers may have more digits than a double. */
  readonly extra: string | null;
  readonly warnings: CallDto['warnings'];
  readonly revision: number;
  readonly first_received_at: Time;
  readonly last_received_at: Time;
  readonly delivery_id: string;
}

/** The columns of {@link CallRow}. */
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
    originateTime: iso(row.originate_time),
    ringTime: iso(row.ring_time),
    startTime: iso(row.start_time),
    endTime: iso(row.end_time),
    duration: row.duration,
    bOriginateTime: iso(row.b_originate_time),
    bRingTime: iso(row.b_ring_time),
    bStartTime: iso(row.b_start_time),
    bEndTime: iso(row.b_end_time),
    bDuration: row.b_duration,
    statusCode: row.status_code,
    smartStatusCode: row.smart_status_code,
    statusMsg: row.status_msg,
    caller: row.caller,
    realCaller: row.real_caller,
    callee: row.callee,
    hangupDirection: row.hangup_direction,
    occurredAt: iso(row.occurred_at),
    answered: row.answered,
    source: row.source,
    extra: row.extra === null ? null : (parseExact(row.extra) as CallDto['extra']),
    warnings: row.warnings,
    revision: row.revision,
    firstReceivedAt: iso(row.first_received_at),
    lastReceivedAt: iso(row.last_received_at),
    deliveryId: row.delivery_id,
  };
}

function iso(time: Time): string;
function iso(time: Time | null): string | null;
function iso(time: Time | null): string | null {
  return typeof time === 'string' ? time : (time?.toISOString() ?? null);
}

/**
 * For statements of very many rows, on a connection whose time zone is UTC: makes ISO 8601 of the text of a time by
 * cutting it. By way of `Date`, reading a row takes twice as long.
 */
export const ISO_TIMES: CustomTypesConfig = {
  getTypeParser: (type, format): unknown =>
    type === types.builtins.TIMESTAMPTZ ? isoOf : types.getTypeParser(type, format),
};

/** Of what PostgreSQL writes in UTC: `2025-06-01 01:59:45+00`, or with up to six digits after the second. */
function isoOf(text: string): string {
  if (!text.endsWith('+00')) throw new Error('PostgreSQL gave a time that is not in UTC');
  const fraction = text.length === 22 ? '000' : text.slice(20, -3).padEnd(3, '0').slice(0, 3);
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
}
