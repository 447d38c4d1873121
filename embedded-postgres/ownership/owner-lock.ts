// Exactly one process owns a data directory: the one that holds an advisory lock on its server. The lock belongs to
// a connection, so it is released whenever that process ends, even if it is killed.
import { readFile, realpath, rm } from 'node:fs/promises';
import { Client } from 'pg';
import { replaceFile } from '../../platform/durable-files.js';
import { errorCode } from '../../platform/error-code.js';
import { processIdentity } from '../operating-system/process-info.js';
import type { ServerAddress } from '../server/postmaster-file.js';

/** The name of the database's superuser, and of the database. */
export const SUPERUSER = 'call_ledger';

const APPLICATION_NAME = 'call-ledger owner ';
const ANSWER_TIMEOUT_MS = 5000;

/** The result of asking a server for its lock. */
export type Claim =
  | { readonly kind: 'owned'; readonly lockConnection: Client }
  /** Another process holds the lock. `holder` is its id, if it could be read. */
  | { readonly kind: 'held'; readonly holder: number | undefined }
  /**
   * The server runs but takes no connections now: it is starting, recovering or stopping, or has no free
   * connection.
   */
  | { readonly kind: 'busy'; readonly reason: string }
  /**
   * Nothing listens. The server has just begun to start or to stop, or it runs in a container with its own
   * loopback.
   */
  | { readonly kind: 'refused' }
  /** The cluster has another password. */
  | { readonly kind: 'wrong-password'; readonly reason: string }
  /** Nothing answered within 5 s. */
  | { readonly kind: 'silent' };

/**
 * Connects to the server and tries to become its owner.
 * @throws Error when the server at this port does not serve this cluster.
 */
export async function claim(
  server: ServerAddress,
  password: string,
  clusterDirectory: string,
): Promise<Claim> {
  const lockConnection = new Client({
    ...{ host: '127.0.0.1', port: server.port, user: SUPERUSER, password, database: 'postgres' },
    application_name: `${APPLICATION_NAME}${process.pid}`,
    keepAlive: true,
    connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
    query_timeout: 60_000,
  });
  // Without a listener, an error of a broken connection would end the process. 'end' follows, and the owner listens
  // to that.
  lockConnection.on('error', () => undefined);
  try {
    await lockConnection.connect();
    const answer = await askForLock(lockConnection, clusterDirectory);
    if (answer.kind !== 'owned') await lockConnection.end();
    return answer;
  } catch (error) {
    await lockConnection.end();
    return explain(error);
  }
}

async function askForLock(lockConnection: Client, clusterDirectory: string): Promise<Claim> {
  const folder = await lockConnection.query<{ data_directory: string }>('SHOW data_directory');
  const served = folder.rows[0]?.data_directory ?? '';
  if ((await realpath(served)) !== clusterDirectory) {
    throw new Error(`The server on port ${lockConnection.port} serves ${served}, not ${clusterDirectory}.`);
  }
  // The lock is in the database "postgres", where nothing else takes advisory locks.
  const lock = await lockConnection.query<{ mine: boolean }>(
    `SELECT pg_try_advisory_lock(hashtextextended('call-ledger owner', 0)) AS mine`,
  );
  if (lock.rows[0]?.mine === true) return { kind: 'owned', lockConnection };
  const holders = await lockConnection.query<{ application_name: string }>(
    `SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
      WHERE locktype = 'advisory' AND granted AND datname = 'postgres'`,
  );
  const holder = Number.parseInt(holders.rows[0]?.application_name.slice(APPLICATION_NAME.length) ?? '', 10);
  return { kind: 'held', holder: Number.isNaN(holder) ? undefined : holder };
}

function explain(error: unknown): Claim {
  const message = error instanceof Error ? error.message : String(error);
  const code = errorCode(error) ?? '';
  if (code === '28P01' || code === '28000') return { kind: 'wrong-password', reason: message };
  // The driver's own errors have no code.
  if (/timeout/i.test(message)) return { kind: 'silent' };
  // 57P01 to 57P03: shutting down, crashed, starting up. 53300: no free connection.
  if (['ECONNREFUSED', 'ENETUNREACH'].includes(code)) return { kind: 'refused' };
  const passing = ['57P01', '57P02', '57P03', '53300', 'ECONNRESET', 'EPIPE'];
  if (passing.includes(code) || /Connection terminated|not queryable/i.test(message)) {
    return { kind: 'busy', reason: message };
  }
  throw error;
}

/** Creates the service's database if there is none. */
export async function ensureDatabase(lockConnection: Client): Promise<void> {
  const found = await lockConnection.query('SELECT 1 FROM pg_database WHERE datname = $1', [SUPERUSER]);
  if (found.rowCount !== 0) return;
  try {
    await lockConnection.query(`CREATE DATABASE ${SUPERUSER}`);
  } catch (error) {
    // The CREATE DATABASE of a killed owner may have finished just now.
    if (!['42P04', '23505'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** Records this process as the owner, for processes that get no answer from the server. */
export async function writeOwnerFile(path: string): Promise<void> {
  await replaceFile(path, (await processIdentity(process.pid)) ?? '');
}

/** Returns the process that recorded itself as the owner, if it is still alive and is not this one. */
export async function livingOwner(path: string): Promise<number | undefined> {
  let noted: string;
  try {
    noted = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const pid = Number.parseInt(noted, 10);
  if (!(pid > 0) || pid === process.pid) return undefined;
  return (await processIdentity(pid)) === noted ? pid : undefined;
}

/** Removes the file of {@link writeOwnerFile}. */
export async function removeOwnerFile(path: string): Promise<void> {
  await rm(path, { force: true });
}
