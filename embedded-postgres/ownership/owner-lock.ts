// Exactly one process owns a data directory: the one that holds an advisory lock on its server. The lock hangs
// on a connection (the guardian), so it goes when its holder dies, however that dies.
import { readFile, realpath, rm } from 'node:fs/promises';
import { Client } from 'pg';
import { replaceFile } from '../../platform/durable-files.js';
import { errorCode } from '../../platform/error-code.js';
import { processIdentity } from '../operating-system/process-info.js';
import type { ServerAddress } from '../server/postmaster-file.js';

/** Name of the database's superuser, and of the database. */
export const SUPERUSER = 'call_ledger';

const APPLICATION_NAME = 'call-ledger owner ';
const ANSWER_TIMEOUT_MS = 5000;

/** What came of asking a server for its lock. */
export type Claim =
  | { readonly kind: 'owned'; readonly guardian: Client }
  /** Another process holds it; its id, if it could be read. */
  | { readonly kind: 'held'; readonly holder: number | undefined }
  /** The server lives and says that it takes no connections now: it starts, recovers, stops or is full. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** Nothing listens: the server has just begun to start or to stop, or its loopback is not ours (a container). */
  | { readonly kind: 'refused' }
  /** The password is not that of this cluster. */
  | { readonly kind: 'wrong-password'; readonly reason: string }
  /** Nothing answered within 5 s. */
  | { readonly kind: 'silent' };

/**
 * Connects to the server and tries to become its owner.
 * @throws Error when something else than this cluster answers there.
 */
export async function claim(
  server: ServerAddress,
  password: string,
  clusterDirectory: string,
): Promise<Claim> {
  const guardian = new Client({
    ...{ host: '127.0.0.1', port: server.port, user: SUPERUSER, password, database: 'postgres' },
    application_name: `${APPLICATION_NAME}${process.pid}`,
    keepAlive: true,
    connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
    query_timeout: 60_000,
  });
  // Without a listener a broken connection would end the process; 'end' follows, and who owns listens to that.
  guardian.on('error', () => undefined);
  try {
    await guardian.connect();
    const answer = await askForLock(guardian, clusterDirectory);
    if (answer.kind !== 'owned') await guardian.end();
    return answer;
  } catch (error) {
    await guardian.end();
    return explain(error);
  }
}

async function askForLock(guardian: Client, clusterDirectory: string): Promise<Claim> {
  const folder = await guardian.query<{ data_directory: string }>('SHOW data_directory');
  const served = folder.rows[0]?.data_directory ?? '';
  if ((await realpath(served)) !== clusterDirectory) {
    throw new Error(`The server on port ${guardian.port} serves ${served}, not ${clusterDirectory}.`);
  }
  // The lock lives in the database "postgres", where nothing else takes advisory locks.
  const lock = await guardian.query<{ mine: boolean }>(
    `SELECT pg_try_advisory_lock(hashtextextended('call-ledger owner', 0)) AS mine`,
  );
  if (lock.rows[0]?.mine === true) return { kind: 'owned', guardian };
  const holders = await guardian.query<{ application_name: string }>(
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
  // The driver gives its own errors no code.
  if (/timeout/i.test(message)) return { kind: 'silent' };
  // 57P01..3: shutting down, crashed, starting up. 53300: no connection free.
  if (['ECONNREFUSED', 'ENETUNREACH'].includes(code)) return { kind: 'refused' };
  const passing = ['57P01', '57P02', '57P03', '53300', 'ECONNRESET', 'EPIPE'];
  if (passing.includes(code) || /Connection terminated|not queryable/i.test(message)) {
    return { kind: 'busy', reason: message };
  }
  throw error;
}

/** Creates the service's database if it isn't there. */
export async function ensureDatabase(guardian: Client): Promise<void> {
  const found = await guardian.query('SELECT 1 FROM pg_database WHERE datname = $1', [SUPERUSER]);
  if (found.rowCount !== 0) return;
  try {
    await guardian.query(`CREATE DATABASE ${SUPERUSER}`);
  } catch (error) {
    // A killed owner's CREATE DATABASE may have gone on and just finished.
    if (!['42P04', '23505'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** Writes down who owns the files, for a process that finds the server silent and can't ask it. */
export async function noteOwner(path: string): Promise<void> {
  await replaceFile(path, (await processIdentity(process.pid)) ?? '');
}

/** The process that noted itself as owner, if it still lives and is not this one. */
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

/** Takes back what {@link noteOwner} wrote. */
export async function forgetOwner(path: string): Promise<void> {
  await rm(path, { force: true });
}
