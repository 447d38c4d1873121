import { errorCode } from '../../../platform/error-code.js';

/** PostgreSQL can't be reached, or can't work now. The statement may or may not have taken effect. */
export class DatabaseUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the database is not available', { cause });
  }
}

/** The server can't hold the ledger. A retry does not help. */
export class UnsuitableDatabaseError extends Error {}

/** The schema is not the newest version, and this role may not change it. Another role may migrate it at any time. */
export class SchemaBehindError extends Error {}

/** Classes of SQLSTATE: connection exceptions, insufficient resources, operator intervention, system errors. */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '57', '58']);
/** The server or the session is read-only, for example on a standby, in a failover, or when the disk is nearly full. */
export const READ_ONLY = '25006';
/** A read-only server, a lock that was not available in time (55P03), and a table that does not exist yet (42P01). */
const UNAVAILABLE_STATES = new Set([READ_ONLY, '55P03', '42P01']);
/** On a standby, the query was in conflict with the replay. On any server, the transaction must run again. */
export const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
/** A statement that reached its time limit, or that an operator ended. */
export const QUERY_CANCELED = '57014';
const CONNECTION_LOST =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|not queryable|Driver not Connected|pool after calling end|Query runner already released/;

/** The SQLSTATE of an error of PostgreSQL, also when TypeORM has wrapped it. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('driverError' in error) return sqlState(error.driverError);
  return errorCode(error);
}

/**
 * The error, or a {@link DatabaseUnavailableError} with it as the cause if it means that the database is unavailable.
 */
export function asUnavailable(error: unknown): unknown {
  return isUnavailable(error) ? new DatabaseUnavailableError(error) : error;
}

/** Whether a transaction was in conflict with another one. PostgreSQL's advice is to run it again. */
export function isRetryable(error: unknown): boolean {
  return [SERIALIZATION_FAILURE, DEADLOCK].includes(sqlState(error) ?? '');
}

/**
 * Whether the error means that the server can answer no query at all. It can't be reached, has no free connection, or
 * is being started or shut down.
 */
export function isServerGone(error: unknown): boolean {
  const reason = error instanceof DatabaseUnavailableError ? error.cause : error;
  const code = sqlState(reason) ?? '';
  if (/^(?:08|57P|53300)/.test(code)) return true;
  return isConnectionLost(reason);
}

function isUnavailable(error: unknown): boolean {
  const code = sqlState(error) ?? '';
  if (UNAVAILABLE_CLASSES.has(code.slice(0, 2)) || UNAVAILABLE_STATES.has(code)) return true;
  return isConnectionLost(error);
}

/** Whether it is an error of a connection, from Node.js (for example ECONNREFUSED) or from `pg`. */
function isConnectionLost(error: unknown): boolean {
  if (/^E[A-Z]{3,}/.test(sqlState(error) ?? '')) return true;
  return error instanceof Error && CONNECTION_LOST.test(error.message);
}
