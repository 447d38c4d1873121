// The ways in which PostgreSQL can be away in, one error out.
import { errorCode } from '../../../platform/error-code.js';

/** PostgreSQL can't be reached, or can't work now. What was asked may or may not have been done. */
export class DatabaseUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the database is not available', { cause });
  }
}

/** The server can't hold the ledger, whatever is tried again. */
export class UnsuitableDatabaseError extends Error {}

/** The schema is not at its newest, and this role may not bring it there. Another one may do so at any time. */
export class SchemaBehindError extends Error {}

/** Classes of SQLSTATE: connection exceptions, insufficient resources, operator intervention, system errors. */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '57', '58']);
/** The server, or the session, is read-only: a standby, a failover, a disk that is nearly full. */
export const READ_ONLY = '25006';
/** A read-only server, a lock that was not had in time, and tables that are still to be migrated. */
const UNAVAILABLE_STATES = new Set([READ_ONLY, '55P03', '42P01']);
/** A query on a standby that was in the way of its replay; on any server, a transaction that is to be run again. */
export const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
/** A statement that ran into its time limit, or that an operator ended. */
export const QUERY_CANCELED = '57014';
const CONNECTION_LOST =
  /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|not queryable|Driver not Connected|pool after calling end|Query runner already released/;

/** The SQLSTATE of an error of PostgreSQL, also when TypeORM has wrapped it. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('driverError' in error) return sqlState(error.driverError);
  return errorCode(error);
}

/** The error, as {@link DatabaseUnavailableError} when it means that the database is away. */
export function asUnavailable(error: unknown): unknown {
  return isUnavailable(error) ? new DatabaseUnavailableError(error) : error;
}

/** Whether a transaction was in conflict with another one. PostgreSQL's advice is to run it again. */
export function isRetryable(error: unknown): boolean {
  return [SERIALIZATION_FAILURE, DEADLOCK].includes(sqlState(error) ?? '');
}

/** Whether it means that no question at all can be answered there: no connection, none free, being shut down or started. */
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

/** Of Node.js (ECONNREFUSED), or of `pg`. */
function isConnectionLost(error: unknown): boolean {
  if (/^E[A-Z]{3,}/.test(sqlState(error) ?? '')) return true;
  return error instanceof Error && CONNECTION_LOST.test(error.message);
}
