// The writes to calls and call_revisions.
import { Injectable } from '@nestjs/common';
import { CALL_LOCKS } from '../../persistence/advisory-locks.js';
import type { Transaction } from '../../persistence/database.js';
import { Nodes } from '../../persistence/distribution/nodes.js';
import { CallRecord } from '../reading/call-record.dto.js';
import { type CallState, contentJson, type Standing } from './call-state.js';
import { type ArrayColumn, arrays, instantColumn, names, selected, unnest } from './column-arrays.js';
import { lockSlots } from './lock-slots.js';
import { pieces } from './pieces.js';
import { insertRows } from './row-parameters.js';
import type { PastContent } from './settlement.js';
import { answerDelay, type FieldWarning } from '../reading/record-reader.js';

/**
 * A large push goes in pieces, between which others have their turns. (A statement has at most 65,535 parameters, and on Citus a row
 * has 32.)
 */
const AT_ONCE = {
  rows: 1000,
  /** Of `extra`, the one part of a row that has no bound (UTF-16 units). */
  size: 1024 * 1024,
};

const text = (name: string, value: (row: CallState) => string | null): ArrayColumn<CallState> => ({
  name,
  type: 'text',
  value,
});
const integer = (name: string, value: (row: CallState) => number | null): ArrayColumn<CallState> => ({
  name,
  type: 'integer',
  value,
});

const RECEIPT_COLUMNS: readonly ArrayColumn<Standing>[] = [
  instantColumn('first_received_at', (row) => row.firstReceivedAt),
  instantColumn('last_received_at', (row) => row.lastReceivedAt),
  { name: 'last_delivery_id', type: 'uuid', value: lastDeliveryOf },
];
const KEY: ArrayColumn<Standing> = { name: 'call_id', type: 'text', value: (row) => row.callId };
const CONTENT_COLUMNS: readonly ArrayColumn<CallState>[] = [
  instantColumn('occurred_at', (row) => row.occurredAt),
  instantColumn('originate_time', (row) => row.record.originateTime),
  instantColumn('ring_time', (row) => row.record.ringTime),
  instantColumn('start_time', (row) => row.record.startTime),
  instantColumn('end_time', (row) => row.record.endTime),
  instantColumn('b_originate_time', (row) => row.record.bOriginateTime),
  instantColumn('b_ring_time', (row) => row.record.bRingTime),
  instantColumn('b_start_time', (row) => row.record.bStartTime),
  instantColumn('b_end_time', (row) => row.record.bEndTime),
  ...RECEIPT_COLUMNS,
  { name: 'delivery_id', type: 'uuid', value: (row) => row.deliveryId },
  integer('duration', (row) => row.record.duration),
  integer('b_duration', (row) => row.record.bDuration),
  integer('revision', (row) => row.revision),
  { name: 'answered', type: 'boolean', value: (row) => row.answered },
  text('source', (row) => row.source),
  text('task_id', (row) => row.record.taskId),
  text('batch_id', (row) => row.record.batchId),
  text('detail_id', (row) => row.record.detailId),
  text('out_id', (row) => row.record.outId),
  text('status_code', (row) => row.record.statusCode),
  text('smart_status_code', (row) => row.record.smartStatusCode),
  text('status_msg', (row) => row.record.statusMsg),
  text('caller', (row) => row.record.caller),
  text('real_caller', (row) => row.record.realCaller),
  text('callee', (row) => row.record.callee),
  text('hangup_direction', (row) => row.record.hangupDirection),
  { name: 'content_hash', type: 'bytea', value: (row) => Buffer.from(row.contentHash, 'hex') },
  { name: 'extra', type: 'jsonb', value: (row) => row.extra },
  {
    name: 'warnings',
    type: 'jsonb',
    value: (row) => (row.warnings === null ? null : JSON.stringify(row.warnings)),
  },
];
const CALL_COLUMNS: readonly ArrayColumn<CallState>[] = [KEY, ...CONTENT_COLUMNS];

const UNLESS_KNOWN = 'ON CONFLICT (call_id) DO NOTHING RETURNING call_id';
const INSERT_NEW = {
  name: 'insert-new-calls',
  text: `INSERT INTO calls (${names(CALL_COLUMNS)})
    SELECT ${selected(CALL_COLUMNS, 't')} FROM ${unnest(CALL_COLUMNS, 't')} ${UNLESS_KNOWN}`,
};
const update = <Row>(name: string, key: ArrayColumn<Row>, changed: readonly ArrayColumn<Row>[]) => ({
  name,
  text: `UPDATE calls SET (${names(changed)}) = ROW(${selected(changed, 't')})
    FROM ${unnest([key, ...changed], 't')} WHERE calls.call_id = t.call_id`,
});
const UPDATE = update('update-calls', KEY, CONTENT_COLUMNS);
const UPDATE_RECEIPTS = update('update-call-receipts', KEY, RECEIPT_COLUMNS);
const SELECT_STANDINGS = {
  name: 'select-call-standings',
  text: `SELECT call_id, source, encode(content_hash, 'hex') AS content_hash, first_received_at, last_received_at,
      last_delivery_id, delivery_id FROM calls WHERE call_id = ANY($1)`,
};
const READ_AS: Readonly<Record<string, string>> = {
  extra: 'extra::text AS extra',
  content_hash: "encode(content_hash, 'hex') AS content_hash",
};
const SELECT_STATES = {
  name: 'select-call-states',
  text: `SELECT ${CALL_COLUMNS.map(({ name }) => READ_AS[name] ?? name).join(', ')} FROM calls WHERE call_id = ANY($1)`,
};
const PAST_COLUMNS: readonly ArrayColumn<PastContent>[] = [
  { name: 'call_id', type: 'text', value: ({ state }) => state.record.callId },
  { name: 'delivery_id', type: 'uuid', value: ({ state }) => state.deliveryId },
  instantColumn('received_at', ({ state }) => state.lastReceivedAt),
  { name: 'revision', type: 'integer', value: ({ revision }) => revision },
  { name: 'content', type: 'jsonb', value: ({ state }) => contentJson(state) },
];
const UNLESS_NOTED = 'ON CONFLICT (call_id, delivery_id) DO NOTHING';
const INSERT_PAST = {
  name: 'insert-call-revisions',
  text: `INSERT INTO call_revisions (${names(PAST_COLUMNS)})
    SELECT ${selected(PAST_COLUMNS, 't')} FROM ${unnest(PAST_COLUMNS, 't')} ${UNLESS_NOTED}`,
};
const LOCK_CALLS = {
  name: 'lock-calls',
  text: `SELECT pg_advisory_xact_lock(${CALL_LOCKS}, t.slot) FROM unnest($1::integer[]) AS t(slot)`,
};

@Injectable()
export class CallRepository {
  constructor(private readonly nodes: Nodes) {}

  /**
   * Inserts the calls that are not there yet.
   *
   * @param states each call once, sorted by callId: writers at work at once wait for each other in one order
   * @returns the callIds of those inserted
   */
  async insertNew(transaction: Transaction, states: readonly CallState[]): Promise<ReadonlySet<string>> {
    const inserted = new Set<string>();
    for (const piece of pieces(states, AT_ONCE, ({ extra }) => extra?.length ?? 0)) {
      const insert = this.nodes.areSeveral
        ? insertRows('calls', CALL_COLUMNS, piece, UNLESS_KNOWN)
        : { ...INSERT_NEW, values: arrays(CALL_COLUMNS, piece) };
      const { rows } = await transaction.query<{ call_id: string }>(insert);
      for (const row of rows) inserted.add(row.call_id);
    }
    return inserted;
  }

  /** What the rows of calls are compared by. Their contents may be megabytes each. */
  async standings(transaction: Transaction, callIds: readonly string[]): Promise<Map<string, Standing>> {
    const { rows } = await transaction.query<StandingRow>({ ...SELECT_STANDINGS, values: [callIds] });
    return new Map(rows.map((row) => [row.call_id, standingOf(row)]));
  }

  /**
   * Keeps other writers from changing these calls until the transaction ends. Advisory locks, because Citus
   * refuses `SELECT … FOR UPDATE` over several shards; on a bounded number of slots, because the server's lock
   * table is bounded too.
   */
  async lock(transaction: Transaction, callIds: readonly string[]): Promise<void> {
    await transaction.query({ ...LOCK_CALLS, values: [lockSlots(callIds)] });
  }

  async states(transaction: Transaction, callIds: readonly string[]): Promise<Map<string, CallState>> {
    const { rows } = await transaction.query<CallRow>({ ...SELECT_STATES, values: [callIds] });
    return new Map(rows.map((row) => [row.call_id, stateOf(row)]));
  }

  async replace(transaction: Transaction, states: readonly CallState[]): Promise<void> {
    for (const piece of pieces(states, AT_ONCE, ({ extra }) => extra?.length ?? 0)) {
      await transaction.query({ ...UPDATE, values: arrays(CALL_COLUMNS, piece) });
    }
  }

  /** Moves the receipts of rows whose content stays. */
  async renew(transaction: Transaction, standings: readonly Standing[]): Promise<void> {
    for (const piece of pieces(standings, AT_ONCE)) {
      await transaction.query({ ...UPDATE_RECEIPTS, values: arrays([KEY, ...RECEIPT_COLUMNS], piece) });
    }
  }

  async insertPast(transaction: Transaction, past: readonly PastContent[]): Promise<void> {
    for (const piece of pieces(past, AT_ONCE, ({ state: { extra } }) => extra?.length ?? 0)) {
      const insert = this.nodes.areSeveral
        ? insertRows('call_revisions', PAST_COLUMNS, piece, UNLESS_NOTED)
        : { ...INSERT_PAST, values: arrays(PAST_COLUMNS, piece) };
      await transaction.query(insert);
    }
  }
}

/** Null, which takes no room, when it is the delivery that brought the content. */
function lastDeliveryOf({ lastDeliveryId, deliveryId }: Standing): string | null {
  return lastDeliveryId === deliveryId ? null : lastDeliveryId;
}

interface StandingRow {
  readonly call_id: string;
  readonly source: string;
  readonly content_hash: string;
  readonly first_received_at: Date;
  readonly last_received_at: Date;
  readonly last_delivery_id: string | null;
  readonly delivery_id: string;
}

function standingOf(row: StandingRow): Standing {
  return {
    callId: row.call_id,
    source: row.source,
    contentHash: row.content_hash,
    firstReceivedAt: row.first_received_at.getTime(),
    lastReceivedAt: row.last_received_at.getTime(),
    lastDeliveryId: row.last_delivery_id ?? row.delivery_id,
    deliveryId: row.delivery_id,
  };
}

interface CallRow extends StandingRow {
  readonly occurred_at: Date;
  readonly originate_time: Date | null;
  readonly ring_time: Date | null;
  readonly start_time: Date | null;
  readonly end_time: Date | null;
  readonly b_originate_time: Date | null;
  readonly b_ring_time: Date | null;
  readonly b_start_time: Date | null;
  readonly b_end_time: Date | null;
  readonly duration: number | null;
  readonly b_duration: number | null;
  readonly revision: number;
  readonly answered: boolean;
  readonly task_id: string | null;
  readonly batch_id: string | null;
  readonly detail_id: string | null;
  readonly out_id: string | null;
  readonly status_code: string | null;
  readonly smart_status_code: string | null;
  readonly status_msg: string | null;
  readonly caller: string | null;
  readonly real_caller: string | null;
  readonly callee: string | null;
  readonly hangup_direction: string | null;
  readonly extra: string | null;
  readonly warnings: FieldWarning[] | null;
}

function stateOf(row: CallRow): CallState {
  const record: CallRecord = {
    callId: row.call_id,
    taskId: row.task_id,
    batchId: row.batch_id,
    detailId: row.detail_id,
    outId: row.out_id,
    originateTime: row.originate_time?.getTime() ?? null,
    ringTime: row.ring_time?.getTime() ?? null,
    startTime: row.start_time?.getTime() ?? null,
    endTime: row.end_time?.getTime() ?? null,
    duration: row.duration,
    bOriginateTime: row.b_originate_time?.getTime() ?? null,
    bRingTime: row.b_ring_time?.getTime() ?? null,
    bStartTime: row.b_start_time?.getTime() ?? null,
    bEndTime: row.b_end_time?.getTime() ?? null,
    bDuration: row.b_duration,
    statusCode: row.status_code,
    smartStatusCode: row.smart_status_code,
    statusMsg: row.status_msg,
    caller: row.caller,
    realCaller: row.real_caller,
    callee: row.callee,
    hangupDirection: row.hangup_direction,
  };
  return {
    ...standingOf(row),
    record,
    occurredAt: row.occurred_at.getTime(),
    answered: row.answered,
    answerDelay: answerDelay(record, row.answered),
    extra: row.extra,
    warnings: row.warnings,
    revision: row.revision,
  };
}
