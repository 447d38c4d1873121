import { Pacer } from './pacer.js';
import type { Push } from './push.js';
import type { PushAccounts } from './push-accounts.js';
import type { PushBodies } from './push-body.js';
import type { PushClient, PushTarget } from './push-client.js';
import type { PushPlan } from './push-plan.js';
import { RetrySchedule, waitMs, type Trial } from './retry-schedule.js';

/** Without a rate, new pushes wait while this many for each connection wait for their retry. */
export const MOST_WAITING_PER_CONNECTION = 8;

/** The code of Node.js's error when nothing listens at the address. */
const NOBODY_LISTENS = 'ECONNREFUSED';

/** How fast the vendor pushes and how often it retries. */
export interface VendorOptions {
  /** Records a second; null: as fast as the receiver takes them. */
  readonly rate: number | null;
  /** Pushes under way at once. */
  readonly concurrency: number;
  readonly maxRetries: number;
  readonly timeScale: number;
  /** Whether notes and recordings go to the URL of reports. */
  readonly misdirected?: boolean;
}

/** What the vendor works with; `note` prints a line for the user. */
export interface VendorParts {
  readonly plan: PushPlan;
  readonly bodies: PushBodies;
  readonly accounts: PushAccounts;
  readonly client: PushClient;
  readonly note: (text: string) => void;
}

/**
 * Sends all pushes of a plan, several at once and at an even rate. Failed pushes are sent again by the vendor's
 * schedule. Corrections are sent when all pushes with the uncorrected calls are settled.
 */
export class Vendor {
  private readonly plan: PushPlan;
  private readonly bodies: PushBodies;
  private readonly accounts: PushAccounts;
  private readonly client: PushClient;
  private readonly note: (text: string) => void;
  private readonly retries: RetrySchedule;
  private readonly pacer: Pacer;
  private readonly planned: Push[] = [];
  private readonly corrections: Push[] = [];
  /** For each window under way, the number of its first pushes that are not settled. */
  private readonly unsettled = new Map<number, number>();
  private readonly reported = new Set<string>();
  private nextWindow = 0;
  private underWay = 0;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private finish: () => void = () => undefined;
  private fail: (error: unknown) => void = () => undefined;

  constructor(
    private readonly options: VendorOptions,
    { plan, bodies, accounts, client, note }: VendorParts,
  ) {
    this.plan = plan;
    this.bodies = bodies;
    this.accounts = accounts;
    this.client = client;
    this.note = note;
    this.retries = new RetrySchedule(options.maxRetries, options.timeScale);
    this.pacer = new Pacer(options.rate, performance.now());
  }

  /**
   * Pushes until everything is settled, or until the signal. After the signal, only pushes under way are finished.
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => {
      this.stopped = true;
      this.pump();
    };
    signal.addEventListener('abort', stop);
    if (signal.aborted) this.stopped = true;
    try {
      await new Promise<void>((resolve, reject) => {
        this.finish = resolve;
        this.fail = reject;
        this.pump();
      });
    } finally {
      signal.removeEventListener('abort', stop);
    }
    for (const { push } of this.retries.takeAll()) this.accounts.giveUp(push, true);
  }

  private pump(): void {
    clearTimeout(this.timer);
    while (!this.stopped && this.underWay < this.options.concurrency) {
      const trial = this.takeNext(performance.now());
      if (trial === undefined) break;
      this.underWay += 1;
      this.attempt(trial).catch((error: unknown) => {
        this.fail(error);
      });
    }
    if (this.underWay > 0 && this.underWay >= this.options.concurrency) return;
    if (!this.stopped && this.hasMore()) {
      this.timer = setTimeout(() => {
        this.pump();
      }, this.idleMs());
    } else if (this.underWay === 0) {
      this.finish();
    }
  }

  private takeNext(nowMs: number): Trial | undefined {
    const due = this.retries.takeDue(nowMs);
    if (due !== undefined) return due;
    if (this.pacer.nextMs > nowMs || this.isBackedUp()) return undefined;
    const push = this.corrections.shift() ?? this.nextPlanned();
    if (push === undefined) return undefined;
    this.pacer.sent(this.accounts.begin(push), nowMs);
    return { push, attempts: 0 };
  }

  private isBackedUp(): boolean {
    const most = this.options.concurrency * MOST_WAITING_PER_CONNECTION;
    return this.options.rate === null && this.retries.size >= most;
  }

  private nextPlanned(): Push | undefined {
    while (this.planned.length === 0 && this.nextWindow < this.plan.windows) {
      const { first } = this.plan.window(this.nextWindow);
      this.unsettled.set(this.nextWindow, first.length);
      this.planned.push(...first);
      this.nextWindow += 1;
    }
    return this.planned.shift();
  }

  private async attempt({ push, attempts }: Trial): Promise<void> {
    const { tally } = this.accounts;
    tally.attempts += 1;
    if (attempts > 0) tally.retries += 1;
    const attempt = await this.client.send(this.bodies.bodyOf(push), this.targetOf(push));
    const failure = this.accounts.attempted(push, attempt);
    if (failure === undefined) this.settle(push);
    else this.failed({ push, attempts: attempts + 1 }, failure);
    this.underWay -= 1;
    this.pump();
  }

  private targetOf({ content: { kind } }: Push): PushTarget {
    if (this.options.misdirected === true) return 'call-reports';
    if (kind === 'notes') return 'call-notes';
    return kind === 'recordings' ? 'call-recordings' : 'call-reports';
  }

  private failed(trial: Trial, reason: string): void {
    if (!this.reported.has(reason)) {
      this.reported.add(reason);
      const seconds = (waitMs(trial.attempts) * this.options.timeScale) / 1000;
      const next = trial.attempts > this.options.maxRetries ? 'no retry left' : `next try in ${seconds} s`;
      const hint = reason === NOBODY_LISTENS ? '. Is the service started (npm start)?' : '';
      this.note(`first failure of a push with ${reason} (${next})${hint}`);
    }
    if (this.retries.add(trial, performance.now())) return;
    this.accounts.giveUp(trial.push, false);
    this.settle(trial.push);
  }

  private settle(push: Push): void {
    if (push.content.kind === 'corrections') return;
    const left = (this.unsettled.get(push.window) ?? 0) - 1;
    this.unsettled.set(push.window, left);
    if (left > 0) return;
    this.unsettled.delete(push.window);
    this.corrections.push(...this.plan.window(push.window).corrections);
  }

  private hasMore(): boolean {
    const planned = this.planned.length + this.corrections.length;
    return planned > 0 || this.retries.size > 0 || this.nextWindow < this.plan.windows;
  }

  /** Returns the milliseconds for which nothing can be sent, unless an answer comes first. */
  private idleMs(): number {
    const retryMs = this.retries.nextDueMs ?? Infinity;
    const newMs = this.isBackedUp() || !this.hasNew() ? Infinity : this.pacer.nextMs;
    const soonestMs = Math.min(retryMs, newMs);
    return soonestMs === Infinity ? 1000 : Math.max(1, Math.ceil(soonestMs - performance.now()));
  }

  private hasNew(): boolean {
    return this.planned.length + this.corrections.length > 0 || this.nextWindow < this.plan.windows;
  }
}
