import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../platform/error-code.js';
import { type CountedEntries, countEntries } from './journal-entry.js';
import type { LeftFolder } from './journal-folder.js';

interface CountedSegment {
  entries: number;
  /** When the oldest entry was received, or a little later, in epoch milliseconds. */
  since: number;
}

/** Counts the entries that are not drained yet, by segment. Only the metrics and the status need these counts. */
export class JournalCounts {
  private readonly segments = new Map<string, CountedSegment>();
  /** The segments of ended processes that no process has taken over yet. */
  private readonly found = new Map<string, CountedSegment>();
  private appendedEver = 0;
  private drainedEver = 0;

  /** How many entries wait to be drained. */
  get entries(): number {
    return this.all().reduce((sum, { entries }) => sum + entries, 0);
  }

  /** When the oldest entry was received, in epoch milliseconds; undefined when there is none. */
  get since(): number | undefined {
    const times = this.all().filter(({ entries }) => entries > 0);
    return times.length === 0 ? undefined : Math.min(...times.map(({ since }) => since));
  }

  /** How many entries this process has appended. */
  get appended(): number {
    return this.appendedEver;
  }

  /** How many entries this process has drained. */
  get drained(): number {
    return this.drainedEver;
  }

  /** Counts entries that were appended to a segment. */
  append(segment: string, { entries, since }: CountedEntries): void {
    this.appendedEver += entries;
    this.hold(segment, { entries, since });
  }

  /** Counts the entries that ended processes left. */
  async find(left: readonly LeftFolder[]): Promise<void> {
    const there = new Set(left.flatMap(({ segments }) => segments));
    for (const name of this.found.keys()) if (!there.has(name)) this.found.delete(name);
    for (const { path, segments } of left) {
      for (const name of segments) {
        if (this.found.has(name)) continue;
        const counted = await countIn(join(path, name));
        if (counted !== undefined) this.found.set(name, counted);
      }
    }
  }

  /** Counts a found segment as one of this process, which has taken it over. */
  take(segment: string): void {
    const taken = this.found.get(segment);
    this.found.delete(segment);
    if (taken !== undefined) this.hold(segment, taken);
  }

  /** Forgets the found segments that this process has not taken over: other processes have. */
  forgetFound(): void {
    this.found.clear();
  }

  /**
   * Counts entries that were drained from a segment.
   *
   * @param readAt when these entries were read, in epoch milliseconds; the entries after them were received later
   */
  drain(segment: string, entries: number, readAt: number): void {
    this.drainedEver += entries;
    const held = this.segments.get(segment);
    if (held === undefined) return;
    held.entries = Math.max(0, held.entries - entries);
    held.since = readAt;
  }

  /** Forgets a segment that was deleted. */
  remove(segment: string): void {
    this.segments.delete(segment);
  }

  private all(): CountedSegment[] {
    return [...this.segments.values(), ...this.found.values()];
  }

  private hold(segment: string, { entries, since }: CountedSegment): void {
    const held = this.segments.get(segment);
    if (held === undefined || held.entries === 0) this.segments.set(segment, { entries, since });
    else held.entries += entries;
  }
}

/** Counts the entries in a file. Returns undefined when another process has taken it over since it was listed. */
async function countIn(path: string): Promise<CountedEntries | undefined> {
  try {
    return countEntries(await readFile(path));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
