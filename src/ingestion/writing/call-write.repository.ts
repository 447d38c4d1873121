import { Injectable } from '@nestjs/common';
import { CallRecord, copyFields, FIELD_NAMES } from '../../call/call-record.js';
import { CALL_LOCKS } from '../../persistence/schema/advisory-locks.js';
import { selectedFields } from '../../persistence/sql/entity-columns.js';
import type { Statement, Transaction } from '../../persistence/connections/statement.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { EPOCH_TIMES } from '../../persistence/sql/value-parsers.js';
import { answerDelay } from '../reading/record-reader.js';
import { CALL_COLUMNS, CONTENT_COLUMNS, KEY, RECEIPT_COLUMNS } from './call-columns.js';
import { type CallState, contentJson, type Standing } from './call-state.js';
import { type ArrayColumn, arrays, instantColumn, names, selected, unnest } from './column-arrays.js';
import { pieces } from './array-parameters.js';
import type { PastContent } from './settlement.js';

/**
 * A large push is written in pieces, so that other work gets its turn in between. (A statement can have at most 65,535
 * parameters, and on Citus a row takes 32.)
 */
const AT_ONCE = {
  rows: 1000,
  /** The size of `extra`, the only part of a row without a limit, in UTF-16 units. */
  size: 1024 * 1024,
};

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
const STANDING = `call_id AS "callId", source, pulled, encode(content_hash, 'hex') AS "contentHash",
  first_received_at AS "firstReceivedAt", last_received_at AS "lastReceivedAt",
  coalesce(last_delivery_id, delivery_id) AS "lastDeliveryId", delivery_id AS "deliveryId"`;
const SELECT_STANDINGS = {
  name: 'select-call-standings',
  text: `SELECT ${STANDING} FROM calls WHERE call_id = ANY($1)`,
  types: EPOCH_TIMES,
};
const SELECT_STATES = {
  name: 'select-call-states',
  text: `SELECT ${STANDING}, ${selectedFields(FIELD_NAMES)}, occurred_at AS "occurredAt", answered, extra::text AS extra,
      warnings, revision FROM calls WHERE call_id = ANY($1)`,
  types: EPOCH_TIMES,
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

/** Writes `calls` and `call_revisions`. */
@Injectable()
export class CallWriteRepository {
  constructor(private readonly nodes: ClusterNodes) {}

  /**
   * Inserts the calls that are not in the table yet.
   *
   * @param states each call once, sorted by callId; concurrent writers wait for each other in this order
   * @returns the callIds of the inserted calls
   */
  async insertNew(transaction: Transaction, states: readonly CallState[]): Promise<ReadonlySet<string>> {
    const inserted = new Set<string>();
    for (const piece of pieces(states, AT_ONCE, ({ extra }) => extra?.length ?? 0)) {
      const insert = this.nodes.isDistributed
        ? insertRows('calls', CALL_COLUMNS, piece, UNLESS_KNOWN)
        : { ...INSERT_NEW, values: arrays(CALL_COLUMNS, piece) };
      const { rows } = await transaction.query<{ call_id: string }>(insert);
      for (const row of rows) inserted.add(row.call_id);
    }
    return inserted;
  }

  /** Reads the values by which rows are compared. It does not read the contents, which may be megabytes each. */
  async standings(transaction: Transaction, callIds: readonly string[]): Promise<Map<string, Standing>> {
    const { rows } = await transaction.query<Standing>({ ...SELECT_STANDINGS, values: [callIds] });
    return new Map(rows.map((row) => [row.callId, row]));
  }

  /**
   * Prevents other writers from changing these calls until the transaction ends. It uses advisory locks, because Citus
   * refuses `SELECT … FOR UPDATE` over several shards. The number of lock slots is limited, because the server's lock
   * table is limited too.
   */
  async lock(transaction: Transaction, callIds: readonly string[]): Promise<void> {
    await transaction.query({ ...LOCK_CALLS, values: [lockSlots(callIds)] });
  }

  /** Reads whole rows. */
  async states(transaction: Transaction, callIds: readonly string[]): Promise<Map<string, CallState>> {
    const { rows } = await transaction.query<StateRow>({ ...SELECT_STATES, values: [callIds] });
    return new Map(rows.map((row) => [row.callId, stateOf(row)]));
  }

  /** Replaces the contents of rows. */
  async replace(transaction: Transaction, states: readonly CallState[]): Promise<void> {
    for (const piece of pieces(states, AT_ONCE, ({ extra }) => extra?.length ?? 0)) {
      await transaction.query({ ...UPDATE, values: arrays(CALL_COLUMNS, piece) });
    }
  }

  /** Updates the receipts of rows whose content stays. */
  async renew(transaction: Transaction, standings: readonly Standing[]): Promise<void> {
    for (const piece of pieces(standings, AT_ONCE)) {
      await transaction.query({ ...UPDATE_RECEIPTS, values: arrays([KEY, ...RECEIPT_COLUMNS], piece) });
    }
  }

  /** Adds contents to the history. */
  async insertPast(transaction: Transaction, past: readonly PastContent[]): Promise<void> {
    for (const piece of pieces(past, AT_ONCE, ({ state: { extra } }) => extra?.length ?? 0)) {
      const insert = this.nodes.isDistributed
        ? insertRows('call_revisions', PAST_COLUMNS, piece, UNLESS_NOTED)
        : { ...INSERT_PAST, values: arrays(PAST_COLUMNS, piece) };
      await transaction.query(insert);
    }
  }
}

/** A row as `pg` returns it with {@link EPOCH_TIMES}. */
type StateRow = CallRecord & Omit<CallState, 'record' | 'answerDelay'>;

function stateOf(row: StateRow): CallState {
  const record = new CallRecord();
  copyFields(row, record);
  const { callId, source, pulled, contentHash, firstReceivedAt, lastReceivedAt, lastDeliveryId, deliveryId } =
    row;
  const { occurredAt, answered, extra, warnings, revision } = row;
  return {
    ...{ callId, source, pulled, contentHash, firstReceivedAt, lastReceivedAt, lastDeliveryId, deliveryId },
    ...{
      record,
      occurredAt,
      answered,
      answerDelay: answerDelay(record, answered),
      extra,
      warnings,
      revision,
    },
  };
}

/**
 * The number of lock slots. It is large enough that writers of different calls rarely collide, and small enough for
 * every server's lock table.
 */
const SLOTS = 256;

/** The lock slots of some keys, each once, in ascending order. All writers take them in the same order. */
export function lockSlots(keys: readonly string[]): number[] {
  return [...new Set(keys.map(slotOf))].sort((a, b) => a - b);
}

/** The slot of a key: FNV-1a over UTF-16 units. Any hash works that is the same in every process. */
function slotOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % SLOTS;
}

/**
 * Makes an `INSERT INTO … VALUES …` statement for Citus, which sends each row to its shard: 100 calls take 18 ms. With
 * `INSERT … SELECT FROM unnest(…)`, Citus first writes all rows into files of every shard, which takes 160 ms. On a
 * single server, the latter is faster.
 *
 * @param rest the end of the statement, after the rows
 */
function insertRows<Row>(
  table: string,
  columns: readonly ArrayColumn<Row>[],
  rows: readonly Row[],
  rest: string,
): Statement {
  const values: unknown[] = [];
  const lists = rows.map(
    (row) => `(${columns.map((column) => `$${values.push(valueOf(column, row))}`).join()})`,
  );
  return { text: `INSERT INTO ${table} (${names(columns)}) VALUES ${lists.join()} ${rest}`, values };
}

function valueOf<Row>(column: ArrayColumn<Row>, row: Row): unknown {
  const value = column.value(row);
  return column.type === 'timestamptz' && typeof value === 'number' ? new Date(value) : value;
}
