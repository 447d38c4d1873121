import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

const MB = 1024 * 1024;
/** What threads and bodies get where there is enough memory (MB). 2,000,000 values with as many keys take 230 MB to read. */
const FULL = { thread: 256, bodies: 256 };
/** With less, no body of 32 MB could be taken: a source gets half of the bytes of bodies. */
const LEAST = { thread: 64, bodies: 64 };
/** Code, stacks, and memory that was freed and not given back (MB). */
const OF_THE_PROCESS = 160;
/** There are two threads. */
const THREADS = 2;
/**
 * How much memory a body takes in all, as a multiple: as it came, as text, read, on its way from a thread, as JSON, and
 * on its way to the database. Measured with texts of 30 MB.
 */
const COPIES_OF_BODIES = 5;

/** How the memory that the process may take is divided between the heap of the main thread, other threads and bodies. */
export class MemoryPlan {
  static readonly FULL = new MemoryPlan(FULL.thread, FULL.bodies, true);

  private constructor(
    /** The heap limit of each thread that reads large bodies (MB), without its young generation. */
    readonly threadMb: number,
    /** How much the bodies of all current pushes may have (MB). */
    readonly bodiesMb: number,
    /** Whether everything fits. If not, the system may end the process. */
    readonly fits: boolean,
  ) {}

  /**
   * Divides what the heap of the main thread leaves. Threads and bodies get the same share of what they would take.
   *
   * @param limitMb memory that the process may take
   * @param heapMb heap limit of the main thread
   */
  static within(limitMb: number, heapMb: number): MemoryPlan {
    const wanted = THREADS * FULL.thread + COPIES_OF_BODIES * FULL.bodies;
    const share = Math.min(1, (limitMb - heapMb - OF_THE_PROCESS) / wanted);
    const threadMb = Math.floor(FULL.thread * share);
    const bodiesMb = Math.floor(FULL.bodies * share);
    return new MemoryPlan(
      Math.max(LEAST.thread, threadMb),
      Math.max(LEAST.bodies, bodiesMb),
      threadMb >= LEAST.thread && bodiesMb >= LEAST.bodies,
    );
  }

  /** For this process: in a container, or in a service of systemd with MemoryMax, the limit is the group's. */
  static ofProcess(): MemoryPlan {
    const limit = Math.min(process.constrainedMemory() || Infinity, totalmem());
    return MemoryPlan.within(limit / MB, getHeapStatistics().heap_size_limit / MB);
  }
}
