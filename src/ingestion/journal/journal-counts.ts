// What enters and leaves the journal in, how much of it waits and since when out. Nothing but the metrics needs it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../../platform/error-code.js';
import { type CountedEntries, countEntries } from './journal-entry.js';
import type { LeftFolder } from './journal-folder.js';

interface CountedSegment {
  entries: number;
  /** Epoch milliseconds at which the oldest of them was received, or a little later. */
  since: number;
}

/** The entries that are not drained yet, by their segments. */
export class JournalCounts {
  private readonly segments = new Map<string, CountedSegment>();
  /** Those that dead processes left and nobody has taken over yet. */
  private readonly found = new Map<string, CountedSegment>();
  private appendedEver = 0;
  private drainedEver = 0;

  /** Entries that wait to be drained. */
  get entries(): number {
    return this.all().reduce((sum, { entries }) => sum + entries, 0);
  }

  /** Epoch milliseconds at which the oldest entry was received; undefined when there is none. */
  get since(): number | undefined {
    const times = this.all().filter(({ entries }) => entries > 0);
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

  /** Counts what dead processes left. */
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

  /** A segment that was found belongs to this process now. */
  take(segment: string): void {
    const taken = this.found.get(segment);
    this.found.delete(segment);
    if (taken !== undefined) this.hold(segment, taken);
  }

  /** Other processes have taken what was found and not taken here. */
  forgetFound(): void {
    this.found.clear();
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

  private all(): CountedSegment[] {
    return [...this.segments.values(), ...this.found.values()];
  }

  private hold(segment: string, { entries, since }: CountedSegment): void {
    const held = this.segments.get(segment);
    if (held === undefined || held.entries === 0) this.segments.set(segment, { entries, since });
    else held.entries += entries;
  }
}

/** Undefined when somebody has taken it over since it was listed. */
async function countIn(path: string): Promise<CountedEntries | undefined> {
  try {
    return countEntries(await readFile(path));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
