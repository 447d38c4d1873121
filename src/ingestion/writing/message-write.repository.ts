import type { QueryResultRow } from 'pg';
import type { Statement, Transaction } from '../../persistence/connections/statement.js';
import { CALL_LOCKS } from '../../persistence/schema/advisory-locks.js';
import type { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import { pieces } from '../../persistence/sql/array-parameters.js';
import { EPOCH_TIMES } from '../../persistence/sql/value-parsers.js';
import type { MessageState, Standing } from './call-state.js';
import { type ArrayColumn, arrays, instantColumn, names, selected, unnest } from './column-arrays.js';
import type { PastContent } from './settlement.js';

/** A table that has a row for each call, and the table of its earlier contents. */
export interface MessageTable<State extends MessageState, Row extends QueryResultRow> {
  readonly name: string;
  /** All columns except the key and those of {@link RECEIPT_COLUMNS}. */
  readonly columns: readonly ArrayColumn<State>[];
  /** A SELECT list of what a state has beside its {@link Standing}. */
  readonly selected: string;
  /** The state of a row as `pg` returns it with {@link EPOCH_TIMES}. */
  readonly stateOf: (row: Row) => State;
  readonly history: string;
  /** The columns of the history that only this message has. */
  readonly historyColumns: readonly ArrayColumn<PastContent<State>>[];
  /** The key of the history's table. */
  readonly historyKey: string;
  /** The columns that are null again in a row whose content is replaced. */
  readonly reset: readonly string[];
  /** The JSON text of a content for the history. */
  readonly contentJson: (state: State) => string;
}

/** The columns that say which deliveries the row came from. */
const RECEIPT_COLUMNS: readonly ArrayColumn<Standing>[] = [
  instantColumn('first_received_at', (row) => row.firstReceivedAt),
  instantColumn('last_received_at', (row) => row.lastReceivedAt),
  { name: 'last_delivery_id', type: 'uuid', value: lastDeliveryOf },
];
/** The columns that every message has beside its key, its fields and its receipts. */
export const MESSAGE_COLUMNS: readonly ArrayColumn<MessageState>[] = [
  { name: 'delivery_id', type: 'uuid', value: (row) => row.deliveryId },
  { name: 'revision', type: 'integer', value: (row) => row.revision },
  { name: 'pulled', type: 'boolean', value: (row) => row.pulled },
  { name: 'source', type: 'text', value: (row) => row.source },
  { name: 'content_hash', type: 'bytea', value: (row) => Buffer.from(row.contentHash, 'hex') },
  { name: 'extra', type: 'jsonb', value: (row) => row.extra },
  {
    name: 'warnings',
    type: 'jsonb',
    value: (row) => (row.warnings === null ? null : JSON.stringify(row.warnings)),
  },
];
const KEY: ArrayColumn<Standing> = { name: 'call_id', type: 'text', value: (row) => row.callId };
const STANDING = `call_id AS "callId", source, pulled, encode(content_hash, 'hex') AS "contentHash",
  first_received_at AS "firstReceivedAt", last_received_at AS "lastReceivedAt",
  coalesce(last_delivery_id, delivery_id) AS "lastDeliveryId", delivery_id AS "deliveryId"`;

/** All columns of a message's table. */
export function columnsOf<State extends MessageState>({
  columns,
}: Pick<MessageTable<State, never>, 'columns'>): readonly ArrayColumn<State>[] {
  return [KEY, ...columns, ...RECEIPT_COLUMNS];
}

/**
 * The delivery of the last receipt. It is null, which takes no space, when that is the delivery that brought the
 * content.
 */
function lastDeliveryOf({ lastDeliveryId, deliveryId }: Standing): string | null {
  return lastDeliveryId === deliveryId ? null : lastDeliveryId;
}

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
const LOCK_CALLS = {
  name: 'lock-calls',
  text: `SELECT pg_advisory_xact_lock(${CALL_LOCKS}, t.slot) FROM unnest($1::integer[]) AS t(slot)`,
};

/** Writes the table of one message and its history. */
export abstract class MessageWriteRepository<State extends MessageState, Row extends QueryResultRow> {
  private readonly columns: readonly ArrayColumn<State>[];
  private readonly past: readonly ArrayColumn<PastContent<State>>[];
  private readonly insertStatement: Statement;
  private readonly updateStatement: Statement;
  private readonly receiptsStatement: Statement;
  private readonly standingsStatement: Statement;
  private readonly statesStatement: Statement;
  private readonly pastStatement: Statement;

  protected constructor(
    private readonly nodes: ClusterNodes,
    private readonly table: MessageTable<State, Row>,
  ) {
    const { name, history, historyColumns, historyKey, contentJson, reset } = table;
    this.columns = columnsOf(table);
    this.past = [
      { name: 'call_id', type: 'text', value: ({ state }) => state.callId },
      { name: 'delivery_id', type: 'uuid', value: ({ state }) => state.deliveryId },
      instantColumn('received_at', ({ state }) => state.lastReceivedAt),
      { name: 'revision', type: 'integer', value: ({ revision }) => revision },
      { name: 'content', type: 'jsonb', value: ({ state }) => contentJson(state) },
      ...historyColumns,
    ];
    const insert = <Any>(into: string, columns: readonly ArrayColumn<Any>[], rest: string) => ({
      name: `insert-${into}-${name}`,
      text: `INSERT INTO ${into} (${names(columns)})
        SELECT ${selected(columns, 't')} FROM ${unnest(columns, 't')} ${rest}`,
    });
    const update = (
      title: string,
      [key, ...changed]: readonly ArrayColumn<never>[],
      toNull: readonly string[],
    ) => ({
      name: `${title}-${name}`,
      text: `UPDATE ${name} SET (${names(changed)}) = ROW(${selected(changed, 't')})
          ${toNull.map((column) => `, ${column} = NULL`).join('')}
        FROM ${unnest(key === undefined ? changed : [key, ...changed], 't')} WHERE ${name}.call_id = t.call_id`,
    });
    this.insertStatement = insert(name, this.columns, UNLESS_KNOWN);
    this.updateStatement = update('update', this.columns, reset);
    this.receiptsStatement = update('update-receipts', [KEY, ...RECEIPT_COLUMNS], []);
    this.standingsStatement = {
      name: `select-standings-${name}`,
      text: `SELECT ${STANDING} FROM ${name} WHERE call_id = ANY($1)`,
      types: EPOCH_TIMES,
    };
    this.statesStatement = {
      name: `select-states-${name}`,
      text: `SELECT ${STANDING}, ${table.selected}, extra::text AS extra, warnings, revision
        FROM ${name} WHERE call_id = ANY($1)`,
      types: EPOCH_TIMES,
    };
    this.pastStatement = insert(history, this.past, `ON CONFLICT (${historyKey}) DO NOTHING`);
  }

  /**
   * Inserts the rows of calls that have none in the table yet.
   *
   * @param states each call once, sorted by callId; concurrent writers wait for each other in this order
   * @returns the callIds of the inserted rows
   */
  async insertNew(transaction: Transaction, states: readonly State[]): Promise<ReadonlySet<string>> {
    const inserted = new Set<string>();
    for (const piece of pieces(states, AT_ONCE, sizeOf)) {
      const insert = this.nodes.isDistributed
        ? insertRows(this.table.name, this.columns, piece, UNLESS_KNOWN)
        : { ...this.insertStatement, values: arrays(this.columns, piece) };
      const { rows } = await transaction.query<{ call_id: string }>(insert);
      for (const row of rows) inserted.add(row.call_id);
    }
    return inserted;
  }

  /** Reads the values by which rows are compared. It does not read the contents, which may be megabytes each. */
  async standings(transaction: Transaction, callIds: readonly string[]): Promise<Map<string, Standing>> {
    const { rows } = await transaction.query<Standing>({ ...this.standingsStatement, values: [callIds] });
    return new Map(rows.map((row) => [row.callId, row]));
  }

  /**
   * Prevents other writers from changing the rows of these calls until the transaction ends. It uses advisory locks,
   * because Citus refuses `SELECT … FOR UPDATE` over several shards. The number of lock slots is limited, because the
   * server's lock table is limited too.
   */
  async lock(transaction: Transaction, callIds: readonly string[]): Promise<void> {
    await transaction.query({ ...LOCK_CALLS, values: [lockSlots(callIds)] });
  }

  /** Reads whole rows. */
  async states(transaction: Transaction, callIds: readonly string[]): Promise<Map<string, State>> {
    const { rows } = await transaction.query<Row>({ ...this.statesStatement, values: [callIds] });
    const states = rows.map((row) => this.table.stateOf(row));
    return new Map(states.map((state) => [state.callId, state]));
  }

  /** Replaces the contents of rows. */
  async replace(transaction: Transaction, states: readonly State[]): Promise<void> {
    for (const piece of pieces(states, AT_ONCE, sizeOf)) {
      await transaction.query({ ...this.updateStatement, values: arrays(this.columns, piece) });
    }
  }

  /** Updates the receipts of rows whose content stays. */
  async renew(transaction: Transaction, standings: readonly Standing[]): Promise<void> {
    for (const piece of pieces(standings, AT_ONCE)) {
      const values = arrays([KEY, ...RECEIPT_COLUMNS], piece);
      await transaction.query({ ...this.receiptsStatement, values });
    }
  }

  /** Adds contents to the history. */
  async insertPast(transaction: Transaction, past: readonly PastContent<State>[]): Promise<void> {
    const { history, historyKey } = this.table;
    for (const piece of pieces(past, AT_ONCE, ({ state }) => sizeOf(state))) {
      const insert = this.nodes.isDistributed
        ? insertRows(history, this.past, piece, `ON CONFLICT (${historyKey}) DO NOTHING`)
        : { ...this.pastStatement, values: arrays(this.past, piece) };
      await transaction.query(insert);
    }
  }
}

function sizeOf({ extra }: MessageState): number {
  return extra?.length ?? 0;
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
