import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { DatabaseUnavailableError } from '../../persistence/connections/unavailable.js';
import type { ReadDelivery } from '../reading/records-of-body.js';
import { Attempts } from './attempts.js';
import type { PackedDelivery } from './group-records.js';
import { packBody } from './stored-body.js';

/** In a trial, groups of 500 to 1,000 records with two to four writers were the fastest. */
const MOST_RECORDS = 1000;
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_WRITERS = 4;
/**
 * While a writer is at work, another one begins only when so many records wait. The fewer and larger the groups are, the
 * less a record costs, and the fewer writers wait for each other's commits.
 */
const ENOUGH_RECORDS = 500;
/** Or when a delivery has waited for so long: the writer at work may wait for a lock, or write a large delivery. */
const LONGEST_WAIT_MS = 50;
/**
 * For so long after {@link GroupCommit.giveWay}, one writer works, unless a delivery has waited for as long: then that
 * writer waits for a lock.
 */
const GIVING_WAY_MS = 1000;
/**
 * The most bytes of bodies that wait. While the database hangs, deliveries still wait here after the journal has taken
 * them, or after they were refused.
 */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

interface Waiting extends PackedDelivery {
  /** By the clock of `performance`. */
  readonly since: number;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Writes deliveries in groups. Deliveries that come while a writer is at work wait for it, and the next free writer writes
 * those that wait together, with one commit and one wait for the disk. Further writers help if many records wait.
 */
@Injectable()
export class GroupCommit {
  private readonly waiting: Waiting[] = [];
  private readonly writers: number;
  private waitingBytes = 0;
  private atWork = 0;
  private timer: NodeJS.Timeout | undefined;
  private givesWayUntil = -Infinity;
  private isWritingLarge = false;

  constructor(
    settings: Settings,
    private readonly attempts: Attempts,
  ) {
    this.writers = Math.min(MOST_WRITERS, Math.max(1, Math.floor(settings.databasePoolSize / 2)));
  }

  /**
   * Writes a delivery. Resolves when it is committed.
   *
   * @throws DatabaseUnavailableError, or PostgreSQL's error when this delivery cannot be written
   */
  async write(read: ReadDelivery): Promise<void> {
    const bytes = read.delivery.body.length;
    if (this.waitingBytes > 0 && this.waitingBytes + bytes > MOST_WAITING_BYTES)
      throw new DatabaseUnavailableError(new Error('too much data waits to be written'));
    const body = await packBody(read.delivery.body);
    await new Promise<void>((written, failed) => {
      this.waitingBytes += bytes;
      this.waiting.push({ read, body, since: performance.now(), written, failed });
      this.employWriters();
    });
  }

  /**
   * Call this when pushes come faster than the database takes them. One writer leaves enough of the thread to the answers:
   * Node.js accepts one connection in each turn of its event loop, and turns take longer the more there is to do.
   */
  giveWay(): void {
    this.givesWayUntil = performance.now() + GIVING_WAY_MS;
    this.employWriters();
  }

  private employWriters(): void {
    for (let ms = this.msToNextWriter(); ms !== undefined; ms = this.msToNextWriter()) {
      if (ms > 0) {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          this.employWriters();
        }, ms);
        return;
      }
      const group = this.nextGroup();
      this.atWork += 1;
      const isLarge = group.some(({ read }) => hasLargeBody(read));
      this.isWritingLarge ||= isLarge;
      void this.writeGroup(group).finally(() => {
        this.atWork -= 1;
        if (isLarge) this.isWritingLarge = false;
        this.employWriters();
      });
    }
  }

  /** How long another writer has to wait for its work; undefined if there is no work, or no further writer. */
  private msToNextWriter(): number | undefined {
    if (this.atWork >= this.writers) return undefined;
    let first: Waiting | undefined;
    let records = 0;
    for (const delivery of this.waiting) {
      if (!this.isWritable(delivery)) continue;
      first ??= delivery;
      records += delivery.read.records;
      if (records >= ENOUGH_RECORDS) break;
    }
    if (first === undefined) return undefined;
    if (this.atWork === 0) return 0;
    const now = performance.now();
    const waitedMs = now - first.since;
    if (now < this.givesWayUntil) return Math.max(0, GIVING_WAY_MS - waitedMs);
    return records >= ENOUGH_RECORDS ? 0 : Math.max(0, LONGEST_WAIT_MS - waitedMs);
  }

  private isWritable({ read }: Waiting): boolean {
    return !this.isWritingLarge || !hasLargeBody(read);
  }

  /** Takes as many of the waiting deliveries as the limits allow. A large one is alone. */
  private nextGroup(): Waiting[] {
    const first = this.waiting.findIndex((delivery) => this.isWritable(delivery));
    if (first === -1) return [];
    let records = 0;
    let bytes = 0;
    let end = first;
    for (; end < this.waiting.length; end += 1) {
      const read = this.waiting[end]?.read;
      records += read?.records ?? 0;
      bytes += read?.delivery.body.length ?? 0;
      if (end > first && (records > MOST_RECORDS || bytes > MOST_BYTES)) break;
    }
    const group = this.waiting.splice(first, end - first);
    for (const { read } of group) this.waitingBytes -= read.delivery.body.length;
    return group;
  }

  private async writeGroup(group: readonly Waiting[]): Promise<void> {
    const failures = await this.attempts.write(group);
    for (const delivery of group) {
      if (failures.has(delivery)) delivery.failed(failures.get(delivery));
      else delivery.written();
    }
  }
}

/** Of such deliveries, one is written at a time: a body of 30 MB of backslashes takes 400 MB while it is written. */
function hasLargeBody({ delivery }: ReadDelivery): boolean {
  return delivery.body.length > MOST_BYTES;
}
