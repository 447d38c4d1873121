// Requests that wait for a change in; each woken when there is one, when its time is over or when nobody wants it any more.
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { ChangeRepository } from './change.repository.js';
import { Registry } from 'prom-client';
import { PolledGauge } from '../../metrics/polled-gauge.js';

/** A look takes the database 0.1 ms. LISTEN works neither through PgBouncer's transactions nor on a replica. */
const LOOK_MS = 40;
/** Whoever comes when so many wait does not wait: each holds a socket, and all of them read when a change comes. */
const MOST_WAITING = 2000;

interface Waiting {
  readonly position: number;
  readonly wake: (hasCome: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** Looks for new changes on behalf of all requests that wait, and only while one does. None holds a connection. */
@Injectable()
export class ChangeWatcher implements BeforeApplicationShutdown {
  private readonly waiting = new Set<Waiting>();
  private isWatching = false;
  private isStopping = false;

  constructor(private readonly changes: ChangeRepository) {}

  /** How many requests wait. */
  get waitingRequests(): number {
    return this.waiting.size;
  }

  /** Nobody is kept waiting by a service that ends. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const { wake } of [...this.waiting]) wake(false);
  }

  /**
   * Waits until something at this position or a later one is committed.
   *
   * @param ms at most
   * @param gone aborted when nobody waits any more
   * @returns whether something has come
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

@Injectable()
export class ChangesMetrics {
  constructor(registry: Registry, changes: ChangeRepository) {
    new PolledGauge(registry, {
      name: 'call_ledger_feed_position',
      help: 'Position of the newest delivery in the feed of changes. Left out while the database is away.',
      ask: () => changes.newest(),
    });
  }
}
