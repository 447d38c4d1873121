// What may happen to a service and its database at any moment.
import { expect } from 'vitest';
import { setTimeout as wait } from 'node:timers/promises';
import { signalIfAlive, withChildren } from '../support/processes.js';
import type { ServiceProcess } from '../support/service.js';
import type { SmallDisk } from '../support/small-disk.js';

/** Long enough for a restart under load, so that each blow meets a service at work. */
const SHORTEST_PAUSE_MS = 700;
const LONGEST_PAUSE_MS = 2500;
const FROZEN_MS = 1200;

export interface Blow {
  readonly name: string;
  readonly strike: () => Promise<void>;
}

/** How often each kind of blow is to fall. */
export interface Numbers {
  readonly serviceKills: number;
  readonly databaseKills: number;
  readonly terminations: number;
  readonly freezes: number;
}

/** @param short kills in the short form; the long one has its numbers from the environment */
export function numbersOf(short: { readonly service: number; readonly database: number }): Numbers {
  const serviceKills = Number(process.env['CRASH_SERVICE_KILLS'] ?? short.service);
  const databaseKills = Number(process.env['CRASH_DATABASE_KILLS'] ?? short.database);
  const terminations = Math.ceil(serviceKills / 6);
  // Elsewhere there is no list of a process's children to be read.
  const freezes = process.platform === 'linux' ? terminations : 0;
  return { serviceKills, databaseKills, terminations, freezes };
}

/** A service that is started again whenever it has ended. */
export class KeptService {
  private constructor(
    private readonly startOne: () => ServiceProcess,
    private running: ServiceProcess,
  ) {}

  static start(startOne: () => ServiceProcess): KeptService {
    return new KeptService(startOne, startOne());
  }

  get current(): ServiceProcess {
    return this.running;
  }

  async kill(): Promise<void> {
    await this.running.end('SIGKILL');
    this.startAgain();
  }

  /** After it was ended by somebody else. */
  startAgain(): void {
    this.running = this.startOne();
  }

  async terminate(): Promise<void> {
    await this.running.ready();
    const begin = Date.now();
    expect(await this.running.end('SIGTERM')).toBe(0);
    expect(Date.now() - begin).toBeLessThan(60_000);
    this.startAgain();
  }
}

/** @param pid of the server */
export function killDatabase(pid: () => number | undefined): Blow {
  return {
    name: 'kill -9 of the database',
    strike: () => {
      const server = pid();
      if (server !== undefined) signalIfAlive(server, 'SIGKILL');
      return Promise.resolve();
    },
  };
}

/** @param pid of the server */
export function freezeDatabase(pid: () => number | undefined): Blow {
  return {
    name: 'SIGSTOP of the database',
    strike: async () => {
      const server = pid();
      // The children of a stopped postmaster go on: they have to be stopped too.
      const frozen = server === undefined ? [] : withChildren(server);
      for (const each of frozen) signalIfAlive(each, 'SIGSTOP');
      await wait(FROZEN_MS);
      for (const each of frozen) signalIfAlive(each, 'SIGCONT');
    },
  };
}

/** The database is killed, and while it is away the journal has no room either: pushes are refused for a while. */
export function fillDisk(disk: SmallDisk, database: Blow): Blow {
  return {
    name: `a full disk under the journal, and ${database.name}`,
    strike: async () => {
      await disk.fill();
      await database.strike();
      await wait(FROZEN_MS);
      await disk.free();
    },
  };
}

/** Each blow as often as is said, in random order. */
export function inRandomOrder(...blows: readonly (readonly [times: number, blow: Blow])[]): Blow[] {
  return blows
    .flatMap(([times, blow]) => Array<Blow>(times).fill(blow))
    .map((blow) => ({ blow, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ blow }) => blow);
}

/** About how long the blows take, in seconds: the vendor must have enough to push. */
export function secondsOf(list: readonly Blow[]): number {
  return (list.length * (SHORTEST_PAUSE_MS + LONGEST_PAUSE_MS)) / 2000 + list.length;
}

/**
 * Strikes while the vendor pushes. When either fails, the other is not waited for, but no blow falls any more.
 *
 * @returns what the vendor says
 */
export async function strikeAll<Run>(list: readonly Blow[], pushing: Promise<Run>): Promise<Run> {
  const over = new AbortController();
  const striking = strikeUntil(over.signal, list);
  try {
    const [run] = await Promise.all([pushing, striking]);
    return run;
  } finally {
    over.abort();
    // Told of above, if it has failed.
    await striking.catch(() => undefined);
  }
}

async function strikeUntil(over: AbortSignal, list: readonly Blow[]): Promise<void> {
  for (const blow of list) {
    await wait(SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
    if (over.aborted) return;
    await blow.strike();
  }
}

/** The names of the blows, in the order in which they fell. */
export function namesOf(list: readonly Blow[]): string {
  return `${list.length} blows: ${list.map(({ name }) => name).join(', ')}`;
}
