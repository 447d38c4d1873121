// Two connections in, the ledger's rows of one moment in the other database out, all of them or none.
import { pipeline } from 'node:stream/promises';
import { type Client, escapeIdentifier } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { TABLE_PRIVILEGES } from '../../schema/entities/entities.js';

/** Why nothing was moved, in words for the operator. */
export class MoveRefusedError extends Error {}

/** A table and its rows. */
export interface TableRows {
  readonly table: string;
  readonly rows: number;
}

/**
 * The tables of the ledger, but for what each database has of its own: its migrations, and `leases`, the rights of processes
 * that no longer run.
 */
export const MOVED_TABLES: readonly string[] = [...TABLE_PRIVILEGES.keys()].filter(
  (table) => table !== 'leases',
);
/** By which its own connections stand in pg_stat_activity. */
export const MOVE_NAME = 'call-ledger move';
/** Whoever has a lock for so long will not give it back soon. */
const LOCK_PATIENCE = '10s';
const ALL_TABLES = MOVED_TABLES.join(', ');
// The limits that a server or a role may have are for questions, not for this.
const PREPARE = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL lock_timeout = '${LOCK_PATIENCE}'`;
const SERVICES = `SELECT count(*)::int AS found FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'call-ledger%' AND pid <> pg_backend_pid()
    AND application_name <> '${MOVE_NAME}'`;
const COLUMNS = `SELECT attname AS name FROM pg_attribute
  WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`;
// Those that belong to a column (the migrations' own) are left out.
const SEQUENCES = `SELECT s.sequencename AS name, s.last_value AS value FROM pg_sequences s
  WHERE s.schemaname = current_schema() AND s.last_value IS NOT NULL AND NOT EXISTS (SELECT 1 FROM pg_depend d
    WHERE d.objid = to_regclass(quote_ident(s.sequencename)) AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i'))`;

/**
 * Begins the transaction that reads the ledger as it stands now. Until it ends nobody can write there: what is written by a
 * service that somebody starts meanwhile would be left behind.
 *
 * @throws MoveRefusedError when a service is connected
 */
export async function beginAtSource(source: Client): Promise<void> {
  await refuseServices(source, 'the ledger to be moved');
  await source.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await source.query(PREPARE);
  // Before the first statement that sees rows: the snapshot is then of a time at which nobody writes.
  await source.query(`LOCK TABLE ${ALL_TABLES} IN SHARE MODE`);
}

/** @throws MoveRefusedError when a service is connected, or a row is there already */
export async function beginAtTarget(target: Client): Promise<void> {
  await refuseServices(target, 'the database that is to take it');
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
    `The database that is to take the ledger is not empty: there are rows in ${tables.join(', ')}. ` +
      'Nothing is put beside them. Make a new database for it.',
  );
}

/** Compares the schemas: the target is at the newest version of this program. @throws MoveRefusedError */
export async function refuseOtherSchema(source: Client, target: Client): Promise<void> {
  const { rows: tables } = await source.query<{ there: boolean }>(
    "SELECT to_regclass('migrations') IS NOT NULL AS there",
  );
  if (tables[0]?.there !== true) throw new MoveRefusedError('There is no ledger to be moved.');
  const [here, there] = [await migrationsOf(source), await migrationsOf(target)];
  const missing = there.filter((name) => !here.includes(name));
  const unknown = here.filter((name) => !there.includes(name));
  if (missing.length === 0 && unknown.length === 0) return;
  throw new MoveRefusedError(
    missing.length > 0
      ? `The ledger to be moved lacks ${missing.join(', ')}: run npm run migrate on it with this version first.`
      : `The ledger to be moved is of a newer version (${unknown.join(', ')}): move it with that.`,
  );
}

/** The rows of each table. */
export async function countRows(client: Client): Promise<TableRows[]> {
  const counts: TableRows[] = [];
  for (const table of MOVED_TABLES) {
    const { rows } = await client.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${table}`);
    counts.push({ table, rows: Number(rows[0]?.rows ?? 0) });
  }
  return counts;
}

/** Copies one table in COPY's binary format: bodies, most of a ledger's bytes, take half of what they take as text. */
export async function copyTable(
  source: Client,
  target: Client,
  table: string,
  signal: AbortSignal,
): Promise<void> {
  // In the order of the source, by name: the columns of the target may stand otherwise.
  const { rows } = await source.query<{ name: string }>(COLUMNS, [table]);
  const columns = rows.map(({ name }) => escapeIdentifier(name)).join(', ');
  const out = source.query(copyTo(`COPY ${table} (${columns}) TO STDOUT (FORMAT binary)`));
  const into = target.query(copyFrom(`COPY ${table} (${columns}) FROM STDIN (FORMAT binary)`));
  await pipeline(out, into, { signal });
}

/** What was handed out at the source is not handed out again: cursors of the change feed stay what they are. */
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
    `A service is connected to ${where} (${found} connections named call-ledger): stop it first. ` +
      'The vendor pushes again for 16 minutes what it can not deliver meanwhile.',
  );
}
