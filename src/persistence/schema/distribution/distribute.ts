// A migrated schema in; the calls and their revisions spread over the nodes of a Citus cluster by call_id out.
import type { QueryRunner } from 'typeorm';
import { SchemaBehindError, UnsuitableDatabaseError } from '../../connections/unavailable.js';

/**
 * By the same column of the same type, so that all of one call is in one place. Everything else stays on the coordinator: it is
 * small, or grows with the pushes rather than with the calls, and what it is joined with is there.
 */
const DISTRIBUTED_TABLES = ['calls', 'call_revisions'] as const;

interface Queryable {
  query(text: string): Promise<unknown>;
}

/** What a step of {@link distribute} is called among the migrations that were run. */
const NAME = 'DistributeCalls';

/** Works in a transaction in which nobody else changes the schema. */
type Alone = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Spreads the tables, with all that they hold, in one transaction: until its end nobody writes to them. Does nothing where they
 * are spread already.
 *
 * @returns what was done
 * @throws UnsuitableDatabaseError when the database has no Citus
 * @throws SchemaBehindError when the tables are another role's
 */
export async function distribute(runner: QueryRunner, alone: Alone): Promise<string[]> {
  if (!(await hasCitus(runner))) {
    throw new UnsuitableDatabaseError(
      'DATABASE_DISTRIBUTED=citus needs the extension citus in this database: on a server with ' +
        'shared_preload_libraries = citus, an administrator runs CREATE EXTENSION citus',
    );
  }
  const [calls] = (await runner.query(
    `SELECT current_user AS role, pg_has_role(relowner, 'USAGE') AS owned FROM pg_class WHERE oid = 'calls'::regclass`,
  )) as [{ role: string; owned: boolean }];
  const distributed = await alone(async () => {
    if (await areCallsDistributed(runner)) return false;
    if (calls.owned) return distributeNow(runner);
    throw new SchemaBehindError(
      `the calls are not distributed, and the role ${calls.role} may not distribute them: run "npm run migrate" with ` +
        'DATABASE_DISTRIBUTED=citus and the DATABASE_URL of the role that owns the tables',
    );
  });
  // The rows that were there before are copied, not moved. Asked each time, so that a crash in between costs only room.
  const emptied = calls.owned && (await alone(() => emptyLocalCopies(runner)));
  return distributed || emptied ? [NAME] : [];
}

/** Whether the calls are spread over the nodes of a cluster. They are not while there is no table of them. */
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

async function distributeNow(runner: QueryRunner): Promise<true> {
  const [calls, revisions] = DISTRIBUTED_TABLES;
  await runner.query(`SELECT create_distributed_table('${calls}', 'call_id')`);
  await runner.query(
    `SELECT create_distributed_table('${revisions}', 'call_id', colocate_with => '${calls}')`,
  );
  return true;
}

/** @returns whether there was anything in them */
async function emptyLocalCopies(runner: QueryRunner): Promise<boolean> {
  let emptied = false;
  for (const table of DISTRIBUTED_TABLES) {
    // Of the table itself on the coordinator, which Citus keeps empty from then on.
    const [local] = (await runner.query(`SELECT pg_relation_size('${table}') > 0 AS "isFilled"`)) as [
      { isFilled: boolean },
    ];
    if (!local.isFilled) continue;
    await runner.query(`SELECT truncate_local_data_after_distributing_table('${table}')`);
    emptied = true;
  }
  return emptied;
}
