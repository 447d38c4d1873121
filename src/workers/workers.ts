import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { errorCode } from '../../platform/error-code.js';
import { MemoryPlan } from '../config/memory-plan.js';
import { errorText } from '../errors.js';
import { FairQueue } from './fair-queue.js';

/** A task was ended because it took too much time or memory. */
export class TaskEndedError extends Error {
  /** @param mayPass whether the task may succeed another time: the machine may have been busy */
  constructor(
    reason: string,
    readonly mayPass: boolean,
    cause: unknown,
  ) {
    super(reason, { cause });
  }
}

/**
 * No thread could be started for a task, or the thread ended for a reason outside of the task. The task itself may be
 * fine.
 */
export class ThreadLostError extends Error {
  constructor(cause: unknown) {
    super('no thread could do the work', { cause });
  }
}

/** What a thread gets: the name of a task of `worker.ts`, and its argument. */
export interface Work {
  readonly task: string;
  readonly input: unknown;
}

/** What a thread gives back. */
export type Outcome = { readonly result: unknown } | { readonly error: unknown };

/**
 * Bodies of up to so many bytes are read on the main thread. No such body took more than 70 ms there, and half of the
 * vendor's bodies took less than a tenth of that.
 */
export const MOST_BYTES_INLINE = 128 * 1024;

const THREADS = 2;
/**
 * How many threads one share may use. One thread stays free, so that a short task of another share does not wait for a
 * long one.
 */
const MOST_OF_ONE = 1;
/**
 * The time limit of a task. A body of 32 MB takes at most about 6 s of processor time, and a busy machine may give a
 * thread a tenth of a processor.
 */
const MOST_SECONDS = 60;
/** Node.js's own limit of a thread's young generation. */
const MOST_YOUNG_MEGABYTES = 48;
/** An idle thread ends after this time, which frees its memory. */
const IDLE_MS = 30_000;

/** Runs work that would block all other requests on other threads, with limits of time and memory. */
@Injectable()
export class Workers implements OnApplicationShutdown {
  /** The program of new threads. */
  static program = fileURLToPath(new URL('../worker.js', import.meta.url));

  private readonly logger = new Logger('Workers');
  private readonly queue = new FairQueue(THREADS, MOST_OF_ONE);
  private pool: Piscina | undefined;

  constructor(private readonly memory: MemoryPlan) {}

  /**
   * Runs a task on another thread.
   *
   * @param task one of the tasks of `worker.ts`
   * @param share who the work is for; each share gets its turn
   * @throws TaskEndedError when the task took too long or too much memory
   * @throws ThreadLostError when two threads in a row were lost
   * @throws Error what the task throws, as a plain `Error`
   */
  run<Input, Output>(
    task: (input: Input) => Output | Promise<Output>,
    input: Input,
    share: string,
    mostSeconds = MOST_SECONDS,
  ): Promise<Output> {
    return this.queue.run(share, async () => {
      try {
        return await this.tryOnce(task, input, mostSeconds);
      } catch (error) {
        if (!(error instanceof ThreadLostError)) throw error;
        return this.tryOnce(task, input, mostSeconds);
      }
    });
  }

  /**
   * Works like {@link run}, for a task that must not fail. A small task runs on the main thread, and so does a task
   * that a thread could not finish. The task must itself yield to other work now and then.
   *
   * @param bytes how many bytes the task works on
   */
  async runSurely<Input, Output>(
    task: (input: Input) => Promise<Output>,
    input: Input,
    bytes: number,
    share: string,
  ): Promise<Output> {
    if (bytes <= MOST_BYTES_INLINE) return task(input);
    try {
      return await this.run(task, input, share);
    } catch (error) {
      if (!(error instanceof TaskEndedError || error instanceof ThreadLostError)) throw error;
      return task(input);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool?.destroy();
  }

  private async tryOnce<Input, Output>(
    task: (input: Input) => Output | Promise<Output>,
    input: Input,
    mostSeconds: number,
  ): Promise<Output> {
    const threads = this.threads();
    const clock = new AbortController();
    const timer = setTimeout(() => {
      clock.abort();
    }, mostSeconds * 1000);
    const work: Work = { task: task.name, input };
    let outcome: Outcome;
    try {
      outcome = (await threads.run(work, { name: 'run', signal: clock.signal })) as Outcome;
    } catch (error) {
      const isLate = clock.signal.aborted;
      const isTooLarge = errorCode(error) === 'ERR_WORKER_OUT_OF_MEMORY';
      // A task may have been given to a thread that could not start.
      if (this.pool !== threads || (!isLate && !isTooLarge)) throw new ThreadLostError(error);
      const reason = `took more than ${isLate ? `${mostSeconds} s` : `${this.memory.threadMb} MB`}`;
      this.logger.error({ outcome: 'task ended', task: task.name, reason: `it ${reason}` });
      throw new TaskEndedError(reason, isLate, error);
    } finally {
      clearTimeout(timer);
    }
    if ('error' in outcome) throw outcome.error;
    return outcome.result as Output;
  }

  private threads(): Piscina {
    if (this.pool !== undefined) return this.pool;
    const threads = new Piscina({
      filename: Workers.program,
      minThreads: 0,
      maxThreads: THREADS,
      idleTimeout: IDLE_MS,
      recordTiming: false,
      resourceLimits: {
        maxOldGenerationSizeMb: this.memory.threadMb,
        maxYoungGenerationSizeMb: Math.min(MOST_YOUNG_MEGABYTES, this.memory.threadMb / 4),
      },
    });
    // A thread without a task ended: it could not start, or its task had been cancelled. Without a listener, the event
    // would end the process.
    threads.on('error', (error: unknown) => {
      this.logger.warn({ outcome: 'thread ended', reason: errorText(error) });
      if (threads.queueSize === 0 || this.pool !== threads) return;
      // Piscina does not start another thread for the tasks that wait for this one.
      this.pool = undefined;
      void threads.destroy();
    });
    this.pool = threads;
    return threads;
  }
}
