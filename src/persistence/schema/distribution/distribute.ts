// Spreads the calls and their revisions over the nodes of a Citus cluster by call_id.
import type { QueryRunner } from 'typeorm';
import { SchemaBehindError, UnsuitableDatabaseError } from '../../connections/unavailable.js';

/**
 * The tables that are distributed, all by `call_id`, so that all rows of a call are on one node. Every other table
 * stays on the coordinator. It is small or grows with the pushes rather than with the calls, and the tables that it is
 * joined with are there too.
 */
const DISTRIBUTED_TABLES = [
  'calls',
  'call_revisions',
  'call_notes',
  'call_recordings',
  'message_revisions',
] as const;

interface Queryable {
  query(text: string): Promise<unknown>;
}

/** The name of the step {@link distribute} in the list of migrations that ran. */
const NAME = 'DistributeCalls';

/** Runs work in a transaction in which nobody else changes the schema. */
type Alone = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Distributes the tables with all of their rows in one transaction. Until it ends, nobody can write to them. Does
 * nothing if they are distributed already.
 *
 * @returns the name of the step if it did anything
 * @throws UnsuitableDatabaseError if the database has no Citus
 * @throws SchemaBehindError if another role owns the tables
 */
export async function distribute(runner: QueryRunner, alone: Alone): Promise<string[]> {
  if (!(await hasCitus(runner))) {
    throw new UnsuitableDatabaseError(
      'DATABASE_DISTRIBUTED=citus needs the extension citus in this database: set shared_preload_libraries = citus ' +
        'on the server, then run CREATE EXTENSION citus as an administrator',
    );
  }
  const [calls] = (await runner.query(
    `SELECT current_user AS role, pg_has_role(relowner, 'USAGE') AS owned FROM pg_class WHERE oid = 'calls'::regclass`,
  )) as [{ role: string; owned: boolean }];
  const distributed = await alone(async () => {
    const local = await localTables(runner);
    if (local.length === 0) return false;
    if (calls.owned) return distributeNow(runner, local);
    throw new SchemaBehindError(
      `${local.join(', ')} are not distributed, and the role ${calls.role} may not distribute them: run "npm run migrate" with ` +
        'DATABASE_DISTRIBUTED=citus and the DATABASE_URL of the role that owns the tables',
    );
  });
  // Citus copies the old rows and leaves them where they were. Every start checks for such copies, so that a crash
  // between the two steps only wastes disk space for a while.
  const emptied = calls.owned && (await alone(() => emptyLocalCopies(runner)));
  return distributed || emptied ? [NAME] : [];
}

/** Whether the calls are distributed over the nodes of a cluster. They are not as long as the table does not exist. */
export async function areCallsDistributed(database: Queryable): Promise<boolean> {
  if (!(await hasCitus(database))) return false;
  const [calls] = (await database.query(
    `SELECT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = to_regclass('calls')) AS "are"`,
  )) as [{ are: boolean }];
  return calls.are;
}

async function hasCitus(database: Queryable): Promise<boolean> {
  const found = (await database.query("SELECT FROM pg_extension WHERE extname = 'citus'")) as unknown[];
  return found.length > 0;
}

/** The tables that are still only on the coordinator. An earlier version may have distributed fewer of them. */
async function localTables(database: Queryable): Promise<readonly string[]> {
  const rows = (await database.query(
    'SELECT logicalrelid::regclass::text AS name FROM pg_dist_partition',
  )) as {
    name: string;
  }[];
  const distributed = new Set(rows.map(({ name }) => name));
  return DISTRIBUTED_TABLES.filter((table) => !distributed.has(table));
}

async function distributeNow(runner: QueryRunner, tables: readonly string[]): Promise<true> {
  const [calls] = DISTRIBUTED_TABLES;
  for (const table of tables) {
    const beside = table === calls ? '' : `, colocate_with => '${calls}'`;
    await runner.query(`SELECT create_distributed_table('${table}', 'call_id'${beside})`);
  }
  return true;
}

/** @returns whether there were any local rows */
async function emptyLocalCopies(runner: QueryRunner): Promise<boolean> {
  let emptied = false;
  for (const table of DISTRIBUTED_TABLES) {
    // This is the size of the table itself on the coordinator. Citus keeps it empty once the table is distributed.
    const [local] = (await runner.query(`SELECT pg_relation_size('${table}') > 0 AS "isFilled"`)) as [
      { isFilled: boolean },
    ];
    if (!local.isFilled) continue;
    await runner.query(`SELECT truncate_local_data_after_distributing_table('${table}')`);
    emptied = true;
  }
  return emptied;
}
