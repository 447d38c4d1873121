import { dirname } from 'node:path';
import type { ServerFiles } from '../server/server-process.js';

/** @param holder the other process's id, if it is known */
export function ownedByAnotherError({ clusterDirectory }: ServerFiles, holder: number | undefined): Error {
  const who = holder === undefined ? '' : ` (process id ${holder})`;
  return new Error(
    `The data directory ${dirname(clusterDirectory)} is in use by another Call Ledger process${who}. ` +
      `Stop that process, choose another DATA_DIR, or set DATABASE_URL so that both share one PostgreSQL.`,
  );
}

/** @param logLines the end of the server's log; empty if it was not started */
export function filesInUseError({ clusterDirectory }: ServerFiles, logLines: string): Error {
  return new Error(
    `The files in ${clusterDirectory} are in use by a PostgreSQL that does not answer. They are used either ` +
      `by processes that a killed server left behind (end them), or by another container that shares the folder (stop ` +
      `it, choose another DATA_DIR, or set DATABASE_URL).${logLines === '' ? '' : ` The server says:\n${logLines}`}`,
  );
}

export function startFailedError({ clusterDirectory, logPath }: ServerFiles, logLines: string): Error {
  return new Error(
    `PostgreSQL could not be started on ${clusterDirectory}. The end of ${logPath}:\n${logLines}`,
  );
}

/** @param reason the server's error after its password was set */
export function refusedError({ clusterDirectory }: ServerFiles, reason: string): Error {
  return new Error(
    `PostgreSQL refuses Call Ledger, although its password was just set: ${reason}. Was pg_hba.conf in ` +
      `${clusterDirectory} changed?`,
  );
}
