// A server in, who it is and how far its write-ahead log goes out: what tells whether one server is a replica of another.
import type { Statement } from './statement.js';

export interface LogPosition {
  /** The same on a primary and all of its replicas. */
  readonly system: string;
  readonly database: string;
  /** When the server was started, in epoch seconds; no two servers of a system share it. */
  readonly started: number;
  readonly is_standby: boolean;
  /** Bytes: flushed to the disk on a primary, replayed on a standby. */
  readonly position: number;
  /** Since the last commit was made that a standby has replayed; null when it has replayed none. */
  readonly ms_since_commit: number | null;
}

/** For any role: none of it needs a right. */
export const LOG_POSITION: Statement = {
  text: `SELECT (SELECT system_identifier FROM pg_control_system())::text AS system,
    (SELECT oid FROM pg_database WHERE datname = current_database())::text AS database,
    extract(epoch FROM pg_postmaster_start_time())::float8 AS started, pg_is_in_recovery() AS is_standby,
    (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END - '0/0')::float8 AS position,
    extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 * 1000 AS ms_since_commit`,
};

/**
 * A standby of the primary's system, with the same database of it; or the primary itself, to which the address of "any
 * replica" leads when there is none. A standby that was promoted is neither: it goes ways of its own.
 *
 * @param primary undefined when it could not be asked yet
 */
export function isReplicaOf(replica: LogPosition, primary: LogPosition | undefined): boolean {
  if (primary === undefined) return replica.is_standby;
  if (replica.system !== primary.system || replica.database !== primary.database) return false;
  return replica.is_standby || replica.started === primary.started;
}
