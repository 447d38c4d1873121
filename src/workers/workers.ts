// Work that would hold up all other requests in, done on another thread; at most so long and with so much memory.
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Piscina } from 'piscina';
import { errorCode, errorText } from '../errors.js';
import { FairQueue } from './fair-queue.js';
import { WORKER_FILE } from './worker-file.js';

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

/**
 * A body of so many bytes is read on the main thread: no such body took more than 70 ms there, and half of those of the vendor
 * not a tenth of that.
 */
export const MOST_BYTES_INLINE = 128 * 1024;

const THREADS = 2;
/** Nobody has all threads, so that a short task of another waits for no long one. */
const MOST_OF_ONE = 1;
const MOST_SECONDS = 20;
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
   * @param name of the task among the exports of `worker.ts`, of which `Task` is the type
   * @param share whose work it is
   * @throws TaskEndedError when the task took too long or too much memory; whatever the task throws, as a plain `Error`
   */
  run<Task extends (input: never) => unknown>(
    name: string,
    input: Parameters<Task>[0],
    share: string,
    mostSeconds = MOST_SECONDS,
  ): Promise<Awaited<ReturnType<Task>>> {
    return this.queue.run(share, async (): Promise<Awaited<ReturnType<Task>>> => {
      const clock = new AbortController();
      const timer = setTimeout(() => {
        clock.abort();
      }, mostSeconds * 1000);
      try {
        const result: unknown = await this.threads().run(input, { name, signal: clock.signal });
        return result as Awaited<ReturnType<Task>>;
      } catch (error) {
        const isLate = clock.signal.aborted;
        if (!isLate && errorCode(error) !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
        const reason = `took more than ${isLate ? `${mostSeconds} s` : `${MOST_MEGABYTES} MB`}`;
        this.logger.error({ outcome: 'task ended', task: name, reason: `it ${reason}` });
        throw new TaskEndedError(reason, isLate, error);
      } finally {
        clearTimeout(timer);
      }
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool?.destroy();
  }

  private threads(): Piscina {
    if (this.pool !== undefined) return this.pool;
    this.pool = new Piscina({
      filename: WORKER_FILE,
      minThreads: 0,
      maxThreads: THREADS,
      idleTimeout: IDLE_MS,
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    });
    // Of a thread whose task was given up before. Unheard, it would end the process.
    this.pool.on('error', (error: unknown) => {
      this.logger.warn({ outcome: 'thread ended', reason: errorText(error) });
    });
    return this.pool;
  }
}
