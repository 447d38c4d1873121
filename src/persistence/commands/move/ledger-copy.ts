// Copies the ledger's rows of one snapshot from one database to another: all of them or none.
import { pipeline } from 'node:stream/promises';
import { type Client, escapeIdentifier } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { TABLE_PRIVILEGES } from '../../schema/entities/entities.js';

/** Nothing was moved. The message tells the operator why. */
export class MoveRefusedError extends Error {}

/** A table and the number of its rows. */
export interface TableRows {
  readonly table: string;
  readonly rows: number;
}

/**
 * The tables of the ledger that are moved. Each database keeps its own migrations and `leases`, which belong to
 * processes that no longer run at the source.
 */
export const MOVED_TABLES: readonly string[] = [...TABLE_PRIVILEGES.keys()].filter(
  (table) => table !== 'leases',
);
/** The `application_name` of the move's own connections in pg_stat_activity. */
export const MOVE_NAME = 'call-ledger move';
/** A process that holds a lock for so long will not release it soon. */
const LOCK_PATIENCE = '10s';
const ALL_TABLES = MOVED_TABLES.join(', ');
// Time limits of a server or a role are meant for queries, not for a move.
const PREPARE = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL lock_timeout = '${LOCK_PATIENCE}'`;
const SERVICES = `SELECT count(*)::int AS found FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'call-ledger%' AND pid <> pg_backend_pid()
    AND application_name <> '${MOVE_NAME}'`;
const COLUMNS = `SELECT attname AS name FROM pg_attribute
  WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`;
// Sequences that belong to a column (that of the migrations) are left out.
const SEQUENCES = `SELECT s.sequencename AS name, s.last_value AS value FROM pg_sequences s
  WHERE s.schemaname = current_schema() AND s.last_value IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_depend d
    WHERE d.objid = to_regclass(quote_ident(s.sequencename)) AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))`;

/**
 * Begins the transaction that reads the ledger as it is now. Until it ends, nobody can write there. Otherwise, writes
 * of a service that is started meanwhile would be left behind.
 *
 * @throws MoveRefusedError if a service is connected
 */
export async function beginAtSource(source: Client): Promise<void> {
  await refuseServices(source, 'the source database');
  await source.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await source.query(PREPARE);
  // The lock comes before the first statement that sees rows, so that nobody writes when the snapshot is taken.
  await source.query(`LOCK TABLE ${ALL_TABLES} IN SHARE MODE`);
}

/**
 * Begins the transaction that writes the ledger, and locks its tables.
 *
 * @throws MoveRefusedError if a service is connected, or if any table has a row
 */
export async function beginAtTarget(target: Client): Promise<void> {
  await refuseServices(target, 'the target database');
  await target.query('BEGIN');
  await target.query(PREPARE);
  await target.query(`LOCK TABLE ${ALL_TABLES} IN EXCLUSIVE MODE`);
  const tables: string[] = [];
  for (const table of MOVED_TABLES) {
    const { rowCount } = await target.query(`SELECT 1 FROM ${table} LIMIT 1`);
    if (rowCount !== 0) tables.push(table);
  }
  if (tables.length === 0) return;
  throw new MoveRefusedError(
    `The target database is not empty. It has rows in ${tables.join(', ')}. ` +
      'A ledger can only be moved to an empty database. Create a new one.',
  );
}

/**
 * Compares the schemas of both databases. The target must have the newest version of this program.
 *
 * @throws MoveRefusedError if there is no ledger at the source, or if the versions of the schemas differ
 */
export async function refuseOtherSchema(source: Client, target: Client): Promise<void> {
  const { rows: tables } = await source.query<{ there: boolean }>(
    "SELECT to_regclass('migrations') IS NOT NULL AS there",
  );
  if (tables[0]?.there !== true) throw new MoveRefusedError('The source database has no ledger.');
  const [here, there] = [await migrationsOf(source), await migrationsOf(target)];
  const missing = there.filter((name) => !here.includes(name));
  const unknown = here.filter((name) => !there.includes(name));
  if (missing.length === 0 && unknown.length === 0) return;
  throw new MoveRefusedError(
    missing.length > 0
      ? `The source database lacks the migrations ${missing.join(', ')}. First run npm run migrate on it with this version.`
      : `The ledger has the schema of a newer version (${unknown.join(', ')}). Move it with that version.`,
  );
}

/** Counts the rows of each table. */
export async function countRows(client: Client): Promise<TableRows[]> {
  const counts: TableRows[] = [];
  for (const table of MOVED_TABLES) {
    const { rows } = await client.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${table}`);
    counts.push({ table, rows: Number(rows[0]?.rows ?? 0) });
  }
  return counts;
}

/**
 * Copies one table in COPY's binary format. Bodies, which are most of a ledger's bytes, take half as many bytes as in
 * text format.
 */
export async function copyTable(
  source: Client,
  target: Client,
  table: string,
  signal: AbortSignal,
): Promise<void> {
  // The columns are named in the order of the source, because the target may have another order.
  const { rows } = await source.query<{ name: string }>(COLUMNS, [table]);
  const columns = rows.map(({ name }) => escapeIdentifier(name)).join(', ');
  const out = source.query(copyTo(`COPY ${table} (${columns}) TO STDOUT (FORMAT binary)`));
  const into = target.query(copyFrom(`COPY ${table} (${columns}) FROM STDIN (FORMAT binary)`));
  await pipeline(out, into, { signal });
}

/** Sets the sequences of the target to the values of the source, so that cursors of the change feed stay valid. */
export async function moveSequences(source: Client, target: Client): Promise<void> {
  const { rows } = await source.query<{ name: string; value: string }>(SEQUENCES);
  for (const { name, value } of rows)
    await target.query('SELECT setval(to_regclass(quote_ident($1)), $2::bigint)', [name, value]);
}

async function migrationsOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
  return rows.map(({ name }) => name);
}

async function refuseServices(client: Client, where: string): Promise<void> {
  const { rows } = await client.query<{ found: number }>(SERVICES);
  const found = rows[0]?.found ?? 0;
  if (found === 0) return;
  throw new MoveRefusedError(
    `A service is connected to ${where} (${found} connections named call-ledger). Stop it first. ` +
      'For 16 minutes, the vendor pushes again what it cannot deliver meanwhile.',
  );
}
