import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../connections/data-source-options.js';
import { migrate } from '../../schema/migrator.js';
import {
  beginAtSource,
  beginAtTarget,
  copyTable,
  countRows,
  MOVE_NAME,
  moveSequences,
  MoveRefusedError,
  refuseOtherSchema,
  type TableRows,
} from './ledger-copy.js';
import { MoveProgress } from './move-progress.js';

export interface Move {
  readonly from: string;
  readonly to: string;
  /** Where progress is shown. */
  readonly stream: NodeJS.WriteStream;
  /** Aborts the move. The target database then stays empty. */
  readonly signal: AbortSignal;
}

/**
 * Brings the schema of the target to its newest version. Then it copies all rows of one snapshot in one transaction,
 * and counts them on both sides before the commit.
 *
 * @returns the tables that were moved, with the number of their rows
 * @throws MoveRefusedError, or an error of PostgreSQL; then nothing was moved
 */
export async function moveLedger(move: Move): Promise<TableRows[]> {
  await migrateTarget(move.to);
  const clients: Client[] = [];
  const connect = async (url: string) => {
    const client = new Client({ connectionString: url, application_name: MOVE_NAME });
    // An error of the connection also rejects the query that runs on it.
    client.on('error', () => undefined);
    clients.push(client);
    return client.connect();
  };
  const end = () => Promise.all(clients.map((client) => client.end()));
  const interrupt = () => void end();
  move.signal.addEventListener('abort', interrupt);
  try {
    move.signal.throwIfAborted();
    const source = await connect(move.from);
    const target = await connect(move.to);
    await refuseOtherSchema(source, target);
    await beginAtSource(source);
    await beginAtTarget(target);
    const moved = await copyAll(move, source, target, await connect(move.from));
    // From here on, an interruption could come after the commit, so the move is not interrupted any more.
    move.signal.removeEventListener('abort', interrupt);
    await target.query('COMMIT');
    await source.query('ROLLBACK');
    // Without ANALYZE, the first queries would be planned for empty tables.
    await target.query(`ANALYZE ${moved.map(({ table }) => table).join(', ')}`);
    return moved;
  } finally {
    move.signal.removeEventListener('abort', interrupt);
    await end();
  }
}

async function copyAll(
  { stream, signal }: Move,
  source: Client,
  target: Client,
  watcher: Client,
): Promise<TableRows[]> {
  const wanted = await countRows(source);
  const total = wanted.reduce((sum, { rows }) => sum + rows, 0);
  const { rows } = await source.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const progress = new MoveProgress(stream, watcher, rows[0]?.pid ?? 0, total);
  progress.start();
  try {
    let before = 0;
    for (const { table, rows } of wanted) {
      progress.begin(table, before);
      await copyTable(source, target, table, signal);
      before += rows;
    }
    progress.finish();
  } finally {
    progress.stop();
  }
  await moveSequences(source, target);
  refuseDifference(wanted, await countRows(target));
  return wanted;
}

function refuseDifference(wanted: readonly TableRows[], found: readonly TableRows[]): void {
  const differences = wanted.flatMap(({ table, rows }, index) => {
    const there = found[index]?.rows ?? 0;
    return there === rows ? [] : [`${table} has ${rows} rows at the source and ${there} at the target`];
  });
  if (differences.length > 0)
    throw new MoveRefusedError(`Nothing was moved, because the rows differ: ${differences.join('; ')}`);
}

async function migrateTarget(url: string): Promise<void> {
  // The name keeps these connections from being taken for those of a service while they end.
  const dataSource = new DataSource(dataSourceOptions(url, 2, () => undefined));
  dataSource.setOptions({ applicationName: MOVE_NAME });
  await dataSource.initialize();
  try {
    await migrate(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
