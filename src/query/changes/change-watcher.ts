// Lets requests wait for a change. Each ends when there is a change, when its time is over, or when its client is
// gone.
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { ChangeRepository } from './change.repository.js';

/**
 * The time between two queries for new changes. A query takes the database 0.1 ms. LISTEN is no alternative: it
 * works neither through PgBouncer in transaction mode nor on a read replica.
 */
const LOOK_MS = 40;
/**
 * The most requests that wait. A further one is answered at once. Each waiting request holds a socket, and all of
 * them query the database when a change comes.
 */
const MOST_WAITING = 2000;

interface Waiting {
  readonly position: number;
  readonly wake: (hasCome: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Queries for new changes on behalf of all waiting requests, and only while there are some. No request holds a
 * connection to the database.
 */
@Injectable()
export class ChangeWatcher implements BeforeApplicationShutdown {
  private readonly waiting = new Set<Waiting>();
  private isWatching = false;
  private isStopping = false;

  constructor(private readonly changes: ChangeRepository) {}

  /** The number of waiting requests. */
  get waitingRequests(): number {
    return this.waiting.size;
  }

  /** At the shutdown, all waiting requests are answered. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const { wake } of [...this.waiting]) wake(false);
  }

  /**
   * Waits until a change at this position or a later one is committed.
   *
   * @param ms the longest time to wait
   * @param gone aborted when nobody waits any more
   * @returns whether there is a change
   * @throws DatabaseUnavailableError
   */
  async await(position: number, ms: number, gone: AbortSignal): Promise<boolean> {
    if (ms <= 0 || gone.aborted || this.isStopping || this.waiting.size >= MOST_WAITING) return false;
    let leave: () => void = () => undefined;
    try {
      return await new Promise<boolean>((wake, fail) => {
        const giveUp = () => {
          wake(false);
        };
        const waiting = { position, wake, fail };
        const timer = setTimeout(giveUp, ms);
        gone.addEventListener('abort', giveUp);
        this.waiting.add(waiting);
        leave = () => {
          clearTimeout(timer);
          gone.removeEventListener('abort', giveUp);
          this.waiting.delete(waiting);
        };
        void this.watch();
      });
    } finally {
      leave();
    }
  }

  private async watch(): Promise<void> {
    if (this.isWatching) return;
    this.isWatching = true;
    while (this.waiting.size > 0) {
      await wait(LOOK_MS);
      await this.look();
    }
    this.isWatching = false;
  }

  private async look(): Promise<void> {
    try {
      const newest = await this.changes.newest();
      for (const { position, wake } of this.waiting) if (newest >= position) wake(true);
    } catch (error) {
      for (const { fail } of this.waiting) fail(error);
    }
  }
}
