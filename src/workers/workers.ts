// Work that would hold up all other requests in, done on another thread; at most so long and with so much memory.
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Piscina } from 'piscina';
import { errorCode } from '../../platform/error-code.js';
import { errorText } from '../errors.js';
import { FairQueue } from './fair-queue.js';
import { WORKER_FILE } from '../built-files.js';

/** A task was ended because it took too much. */
export class TaskEndedError extends Error {
  /** @param mayPass whether it may take less another time: the machine may have been busy */
  constructor(
    reason: string,
    readonly mayPass: boolean,
    cause: unknown,
  ) {
    super(reason, { cause });
  }
}

/** No thread could be had for a task, or it ended for a reason that lies outside the task. Nothing is known about the task. */
export class ThreadLostError extends Error {
  constructor(cause: unknown) {
    super('no thread could do the work', { cause });
  }
}

/**
 * A body of so many bytes is read on the main thread: no such body took more than 70 ms there, and half of those of the vendor
 * not a tenth of that.
 */
export const MOST_BYTES_INLINE = 128 * 1024;

const THREADS = 2;
/** Nobody has all threads, so that a short task of another waits for no long one. */
const MOST_OF_ONE = 1;
/** Any body of 32 MB takes some 6 s of processor time at most. A busy machine gives a tenth of a processor. */
const MOST_SECONDS = 60;
/** Each thread's heap. 2,000,000 values with as many different keys take 230 MB. */
const MOST_MEGABYTES = 256;
/** A thread that has nothing to do ends, and gives its memory back. */
const IDLE_MS = 30_000;

@Injectable()
export class Workers implements OnApplicationShutdown {
  private readonly logger = new Logger('Workers');
  private readonly queue = new FairQueue(THREADS, MOST_OF_ONE);
  private pool: Piscina | undefined;

  /**
   * @param task one of the exports of `worker.ts`
   * @param share whose work it is
   * @throws TaskEndedError when the task took too long or too much memory
   * @throws ThreadLostError when two threads could not do it
   * @throws whatever the task throws, as a plain `Error`
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
   * As {@link run}, for what must not be given up: what is small is done here, and so is what a thread could not end. The task leaves
   * others their turns.
   *
   * @param bytes on which the task works
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
    try {
      const result: unknown = await threads.run(input, { name: task.name, signal: clock.signal });
      return result as Output;
    } catch (error) {
      if (this.pool !== threads) throw new ThreadLostError(error);
      const isLate = clock.signal.aborted;
      if (!isLate && errorCode(error) !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
      const reason = `took more than ${isLate ? `${mostSeconds} s` : `${MOST_MEGABYTES} MB`}`;
      this.logger.error({ outcome: 'task ended', task: task.name, reason: `it ${reason}` });
      throw new TaskEndedError(reason, isLate, error);
    } finally {
      clearTimeout(timer);
    }
  }

  private threads(): Piscina {
    if (this.pool !== undefined) return this.pool;
    const threads = new Piscina({
      filename: WORKER_FILE,
      minThreads: 0,
      maxThreads: THREADS,
      idleTimeout: IDLE_MS,
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    });
    // A thread without a task ended: it could not start, or its task was given up before. Unheard, the event would end the process.
    threads.on('error', (error: unknown) => {
      this.logger.warn({ outcome: 'thread ended', reason: errorText(error) });
      if (threads.queueSize === 0 || this.pool !== threads) return;
      // Piscina starts no other thread for the tasks that wait for this one.
      this.pool = undefined;
      void threads.destroy();
    });
    this.pool = threads;
    return threads;
  }
}
