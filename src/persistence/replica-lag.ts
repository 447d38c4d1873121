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
