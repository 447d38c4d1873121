// A service in, pushes and questions on it until they are ended, and what became of each of them.
import { errorText } from '../../src/errors.js';
import { Follower } from '../query/changes/follower.js';
import type { Instance } from '../query/changes/instances.js';
import { record } from '../support/records.js';
import { get } from './pair.js';

/** How many calls there are to be pushed again: `call-0` and so on. */
export const SHARED_CALLS = 100;
/** One of each kind. */
export const QUESTIONS = [
  '/v1/calls?limit=10',
  '/v1/calls/call-1',
  '/v1/stats/calls',
  '/v1/tasks',
  '/v1/deliveries',
];
const anyOf = <T>(values: readonly T[]): T | undefined => values[Math.floor(Math.random() * values.length)];

/** What is asked and pushed until it is ended, and what became of it. */
export class Load {
  readonly follower = new Follower();
  readonly counts = { questions: 0, pushes: 0, lost: 0 };
  readonly failures: string[] = [];
  slowestMs = 0;
  private over = false;
  private readonly working: Promise<unknown>;

  constructor(private readonly service: Instance) {
    const works = [() => this.ask(), () => this.ask(), () => this.follow(), () => this.push()];
    this.working = Promise.all(works.map((work) => this.repeat(work)));
    // Told of at the end.
    this.working.catch(() => undefined);
  }

  /** @throws Error with which one of the works has ended early */
  async end(): Promise<void> {
    this.over = true;
    await this.working;
  }

  private async repeat(work: () => Promise<void>): Promise<void> {
    while (!this.over) await work();
  }

  private async ask(): Promise<void> {
    await this.timed(async () => {
      const question = anyOf(QUESTIONS) ?? '';
      const { status, text } = await get(this.service, question);
      return status === 200 ? undefined : `${question}: ${status} ${text}`;
    });
  }

  private async follow(): Promise<void> {
    await this.timed(() =>
      this.follower.step(this.service.url, { limit: 20 }).then(
        () => undefined,
        (error: unknown) => errorText(error),
      ),
    );
  }

  private async timed(question: () => Promise<string | undefined>): Promise<void> {
    const begin = performance.now();
    const failure = await question();
    this.slowestMs = Math.max(this.slowestMs, performance.now() - begin);
    this.counts.questions += 1;
    if (failure !== undefined) this.failures.push(failure);
  }

  private async push(): Promise<void> {
    const records = Array.from({ length: 5 }, () =>
      record(`call-${Math.floor(Math.random() * SHARED_CALLS)}`, {
        duration: Math.floor(Math.random() * 1e6),
      }),
    );
    const { ok } = await this.service.push(records);
    this.counts.pushes += 1;
    if (!ok) this.counts.lost += 1;
  }
}
