// Records as the vendor pushes them in, the rows that the service makes of them out, as text for COPY.
import { DriftNotes } from '../../src/ingestion/reading/drift.js';
import { arrive } from '../../src/ingestion/delivery.js';
import { RecordReader } from '../../src/ingestion/reading/record-reader.js';
import { type CallState, firstState } from '../../src/ingestion/writing/call-state.js';
import { ZonedTime } from '../../src/time/zoned-time.js';

type Value = string | number | null;

const instant = (epochMs: number | null): Value =>
  epochMs === null ? null : new Date(epochMs).toISOString();

/** The columns of `calls`, each with its value. */
const COLUMNS: readonly (readonly [name: string, value: (state: CallState) => Value])[] = [
  ['occurred_at', (state) => instant(state.occurredAt)],
  ['originate_time', ({ record }) => instant(record.originateTime)],
  ['ring_time', ({ record }) => instant(record.ringTime)],
  ['start_time', ({ record }) => instant(record.startTime)],
  ['end_time', ({ record }) => instant(record.endTime)],
  ['b_originate_time', ({ record }) => instant(record.bOriginateTime)],
  ['b_ring_time', ({ record }) => instant(record.bRingTime)],
  ['b_start_time', ({ record }) => instant(record.bStartTime)],
  ['b_end_time', ({ record }) => instant(record.bEndTime)],
  ['first_received_at', (state) => instant(state.firstReceivedAt)],
  ['last_received_at', (state) => instant(state.lastReceivedAt)],
  ['delivery_id', (state) => state.deliveryId],
  ['duration', ({ record }) => record.duration],
  ['b_duration', ({ record }) => record.bDuration],
  ['revision', (state) => state.revision],
  ['answered', (state) => String(state.answered)],
  ['call_id', ({ record }) => record.callId],
  ['source', (state) => state.source],
  ['task_id', ({ record }) => record.taskId],
  ['batch_id', ({ record }) => record.batchId],
  ['detail_id', ({ record }) => record.detailId],
  ['out_id', ({ record }) => record.outId],
  ['status_code', ({ record }) => record.statusCode],
  ['smart_status_code', ({ record }) => record.smartStatusCode],
  ['status_msg', ({ record }) => record.statusMsg],
  ['caller', ({ record }) => record.caller],
  ['real_caller', ({ record }) => record.realCaller],
  ['callee', ({ record }) => record.callee],
  ['hangup_direction', ({ record }) => record.hangupDirection],
  ['content_hash', (state) => `\\\\x${state.contentHash}`],
  ['extra', (state) => state.extra],
];

export const COPY_CALLS = `COPY calls (${COLUMNS.map(([name]) => name).join(', ')}) FROM STDIN`;

const reader = new RecordReader(new ZonedTime('Asia/Shanghai'));

/** @param records of one push, as JSON texts; nothing in them needs escaping for COPY */
export function copyText(records: readonly string[]): Buffer {
  const delivery = arrive('vendor', null, Buffer.from(''), Date.now());
  const drift = new DriftNotes();
  const lines = records.map((text) => {
    const call = reader.read(JSON.parse(text), () => text, drift);
    if (!('record' in call)) throw new Error(call.reason);
    const state = firstState(call, delivery);
    return `${COLUMNS.map(([, value]) => value(state) ?? '\\N').join('\t')}\n`;
  });
  return Buffer.from(lines.join(''));
}
