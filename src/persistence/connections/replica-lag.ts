import type { Statement } from './statement.js';

/**
 * A position in the write-ahead log of the primary, in bytes, and a time at which the primary had reached it (ms,
 * monotonic).
 */
interface Mark {
  readonly position: number;
  at: number;
}

/**
 * With one mark each second, this is one hour. Beyond it, every second mark is dropped, and the lag is a little less
 * exact.
 */
const MOST_MARKS = 3600;

/**
 * Computes how far a replica is behind the primary. The replica's time of the last commit is not enough. It stands
 * still while nothing is committed, and it does not show what has not reached the replica yet.
 */
export class ReplicaLag {
  private marks: Mark[] = [];

  /** Notes how far the primary had written its log (bytes) at a time (ms, monotonic). */
  note(position: number, at: number): void {
    const last = this.marks.at(-1);
    // If the position goes backwards, another server has become the primary.
    if (last !== undefined && position < last.position) this.marks = [];
    if (last?.position === position) last.at = at;
    else this.marks.push({ position, at });
    if (this.marks.length > MOST_MARKS) {
      this.marks = this.marks.filter((_, index, { length }) => index % 2 === 0 || index === length - 1);
    }
  }

  /**
   * @param replayed how far the replica has replayed the log at the time `now`, in bytes
   * @param sinceLastCommit ms since the last commit that the replica has replayed; undefined if it has replayed none
   * @returns upper bound of the lag in ms; undefined if it is not known
   */
  behind(replayed: number, now: number, sinceLastCommit: number | undefined): number | undefined {
    while (this.marks[1] !== undefined && this.marks[1].position <= replayed) this.marks.shift();
    const [oldest] = this.marks;
    const newest = this.marks.at(-1);
    if (oldest === undefined || newest === undefined) return undefined;
    if (newest.position <= replayed) return 0;
    const sinceMark = oldest.position <= replayed ? now - oldest.at : undefined;
    const known = [sinceMark, sinceLastCommit].filter((ms) => ms !== undefined);
    return known.length === 0 ? undefined : Math.max(0, Math.min(...known));
  }
}

export interface LogPosition {
  /** Identifies a primary together with all of its replicas. */
  readonly system: string;
  readonly database: string;
  /** When the server was started, in epoch seconds. No two servers of a system have the same value. */
  readonly started: number;
  readonly is_standby: boolean;
  /** Bytes: flushed to the disk on a primary, replayed on a standby. */
  readonly position: number;
  /** Time since the last commit that a standby has replayed; null if it has replayed none. */
  readonly ms_since_commit: number | null;
}

/** Any role may run this statement. */
export const LOG_POSITION: Statement = {
  text: `SELECT (SELECT system_identifier FROM pg_control_system())::text AS system,
    (SELECT oid FROM pg_database WHERE datname = current_database())::text AS database,
    extract(epoch FROM pg_postmaster_start_time())::float8 AS started, pg_is_in_recovery() AS is_standby,
    (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END - '0/0')::float8 AS position,
    extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 * 1000 AS ms_since_commit`,
};

/**
 * Whether the server may answer for the primary. It must be a standby of the primary's system, with the same database.
 * Or it is the primary itself, because an address for "any replica" may lead there if no replica exists. A promoted
 * standby is neither, because it takes its own writes.
 *
 * @param primary undefined if it has not answered yet
 */
export function isReplicaOf(replica: LogPosition, primary: LogPosition | undefined): boolean {
  if (primary === undefined) return replica.is_standby;
  if (replica.system !== primary.system || replica.database !== primary.database) return false;
  return replica.is_standby || replica.started === primary.started;
}
