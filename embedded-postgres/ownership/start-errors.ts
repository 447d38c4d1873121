// Why a server can't be owned, in words that say what to do.
import { dirname } from 'node:path';
import type { ServerFiles } from '../server/server-process.js';

/** @param holder process id, if it is known */
export function inUse({ clusterDirectory }: ServerFiles, holder: number | undefined): Error {
  const who = holder === undefined ? '' : ` (process id ${holder})`;
  return new Error(
    `The data directory ${dirname(clusterDirectory)} is in use by another Call Ledger process${who}. ` +
      `Stop that process, choose another DATA_DIR, or set DATABASE_URL so that both share one PostgreSQL.`,
  );
}

/** @param logLines what the server said; empty when it was not started */
export function filesHeld({ clusterDirectory }: ServerFiles, logLines: string): Error {
  return new Error(
    `The files in ${clusterDirectory} are in use by a PostgreSQL that can't be asked: either ` +
      `processes that a killed server left behind (end them), or another container that shares the folder (stop ` +
      `it, choose another DATA_DIR, or set DATABASE_URL).${logLines === '' ? '' : ` The server says:\n${logLines}`}`,
  );
}

export function notStarted({ clusterDirectory, logPath }: ServerFiles, logLines: string): Error {
  return new Error(
    `PostgreSQL could not be started on ${clusterDirectory}. The end of ${logPath}:\n${logLines}`,
  );
}

/** @param reason what the server said, after its password was set anew */
export function refused({ clusterDirectory }: ServerFiles, reason: string): Error {
  return new Error(
    `PostgreSQL refuses Call Ledger, though the password was just set anew: ${reason}. Was pg_hba.conf in ` +
      `${clusterDirectory} changed?`,
  );
}
