import type { Statement } from './statement.js';

/** A place in the write-ahead log of the primary, in bytes, and when the primary was there or beyond (ms, monotonic). */
interface Mark {
  readonly position: number;
  at: number;
}

/** One a second is an hour. Beyond it every second one goes: the lag is told a little less exactly then. */
const MOST_MARKS = 3600;

/**
 * How old what a replica shows is. The replica's own clock of commits does not tell: it stands still when nothing is
 * committed, and says nothing of what has not reached the replica.
 */
export class ReplicaLag {
  private marks: Mark[] = [];

  /** Notes how far the primary had written its log at a time. */
  note(position: number, at: number): void {
    const last = this.marks.at(-1);
    // Backwards: another server has become the primary.
    if (last !== undefined && position < last.position) this.marks = [];
    if (last?.position === position) last.at = at;
    else this.marks.push({ position, at });
    if (this.marks.length > MOST_MARKS) {
      this.marks = this.marks.filter((_, index, { length }) => index % 2 === 0 || index === length - 1);
    }
  }

  /**
   * @param replayed how far the replica has replayed the log at the time `now`
   * @param sinceLastCommit ms since the last commit that it has replayed was made; undefined when there is none
   * @returns ms that the replica is behind, at most; undefined when that is not known
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
