// What enters and leaves the journal in, how much of it waits and since when out. Nothing but the metrics needs it.
import { readFile } from 'node:fs/promises';
import { type CountedEntries, countEntries } from './journal-entry.js';

interface UndrainedSegment {
  entries: number;
  /** Epoch milliseconds at which the oldest of them was received, or a little later. */
  since: number;
}

/** The entries that are not drained yet, by their segments. */
export class Undrained {
  private readonly segments = new Map<string, UndrainedSegment>();
  private appendedEver = 0;
  private drainedEver = 0;

  /** Entries that wait to be drained. */
  get entries(): number {
    let sum = 0;
    for (const { entries } of this.segments.values()) sum += entries;
    return sum;
  }

  /** Epoch milliseconds at which the oldest entry was received; undefined when there is none. */
  get since(): number | undefined {
    const times = [...this.segments.values()].filter(({ entries }) => entries > 0);
    return times.length === 0 ? undefined : Math.min(...times.map(({ since }) => since));
  }

  /** Entries that this process has appended. */
  get appended(): number {
    return this.appendedEver;
  }

  /** Entries that this process has drained. */
  get drained(): number {
    return this.drainedEver;
  }

  append(segment: string, { entries, since }: CountedEntries): void {
    this.appendedEver += entries;
    this.hold(segment, { entries, since });
  }

  /** Counts what a dead process left. */
  async adopt(segment: string, path: string): Promise<void> {
    this.hold(segment, countEntries(await readFile(path)));
  }

  /** @param readAt what stands behind these entries came later than they were read (epoch milliseconds) */
  drain(segment: string, entries: number, readAt: number): void {
    this.drainedEver += entries;
    const held = this.segments.get(segment);
    if (held === undefined) return;
    held.entries = Math.max(0, held.entries - entries);
    held.since = readAt;
  }

  remove(segment: string): void {
    this.segments.delete(segment);
  }

  private hold(segment: string, { entries, since }: UndrainedSegment): void {
    const held = this.segments.get(segment);
    if (held === undefined || held.entries === 0) this.segments.set(segment, { entries, since });
    else held.entries += entries;
  }
}
