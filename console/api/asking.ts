// A question that is asked again and again in, its answers one after the other out.
import { isAbort } from './answer.js';
import type { Pace } from './pace.js';

export type Question<A> = (signal: AbortSignal) => Promise<A>;

/** Who is told how it goes. */
export interface Listener<A> {
  readonly begun: () => void;
  readonly answered: (answer: A) => void;
}

/**
 * One question at a time: what is asked for while one is under way is asked once, after it. Were the one under way dropped
 * for the next, changes that come faster than answers would keep every answer from being seen.
 */
export class Asking<A> {
  private readonly gone = new AbortController();
  private isUnderWay = false;
  private isDue = false;

  /** @param latest the question as it stands now; undefined: there is none yet */
  constructor(
    private readonly latest: () => Question<A> | undefined,
    private readonly listener: Listener<A>,
    private readonly pace: Pace,
  ) {}

  /** Asks, or notes that it is to be asked once more. */
  ask(): void {
    this.isDue = true;
    if (!this.isUnderWay) void this.run();
  }

  /** Nobody wants the answers any more. */
  stop(): void {
    this.gone.abort();
  }

  /** @throws whatever a question throws, but for its end */
  private async run(): Promise<void> {
    const { signal } = this.gone;
    this.isUnderWay = true;
    try {
      while (this.isDue && !signal.aborted) {
        this.isDue = false;
        const question = this.latest();
        if (question !== undefined) await this.answer(question, signal);
      }
    } catch (error) {
      if (!isAbort(error)) throw error;
    } finally {
      this.isUnderWay = false;
    }
  }

  private async answer(question: Question<A>, signal: AbortSignal): Promise<void> {
    this.listener.begun();
    const ended = this.pace.begins();
    try {
      const answer = await question(signal);
      if (!signal.aborted) this.listener.answered(answer);
    } finally {
      ended();
    }
  }
}
