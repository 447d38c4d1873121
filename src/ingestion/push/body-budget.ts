import { Injectable } from '@nestjs/common';
import { MemoryPlan } from '../../config/memory-plan.js';

const MB = 1024 * 1024;
/**
 * The part of the bytes of bodies that is reserved, besides, for the first {@link SMALL_BYTES} of each push. Large
 * bodies cannot use them up. Nearly all pushes fit in completely.
 */
const SMALL_PART = 1 / 4;
const SMALL_BYTES = 64 * 1024;

/** The body of a push was not read to its end. Nothing is kept. */
export class BodyNotReadError extends Error {
  constructor(
    readonly why: 'too large' | 'too slow' | 'broken off' | 'too much at once',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Limits the memory of pushes, however fast they come, and divides it among their sources. */
@Injectable()
export class BodyBudget {
  private readonly small: Pool;
  private readonly large: Pool;

  constructor({ bodiesMb }: MemoryPlan) {
    this.small = new Pool(bodiesMb * MB * SMALL_PART);
    this.large = new Pool(bodiesMb * MB);
  }

  /** Begins to count the bytes of a push. */
  open(source: string): BodyShare {
    return new BodyShare(source, this.small, this.large);
  }
}

/** The bytes of one push. */
export class BodyShare {
  /** Stops reading the body. It is called when the push must make room for another push of its source. */
  cut: (error: BodyNotReadError) => void = () => undefined;
  private readonly small: Holding;
  private readonly large: Holding;
  private held = 0;

  constructor(
    source: string,
    private readonly smallPool: Pool,
    private readonly largePool: Pool,
  ) {
    const cut = (error: BodyNotReadError) => {
      this.cut(error);
    };
    this.small = { source, bytes: 0, isComing: true, cut };
    this.large = { source, bytes: 0, isComing: true, cut };
  }

  /**
   * Counts more bytes of the push, before they are kept in memory.
   *
   * @throws BodyNotReadError when the source has used up its share
   */
  take(bytes: number): void {
    const ofSmall = Math.min(bytes, Math.max(0, SMALL_BYTES - this.held));
    if (ofSmall > 0) this.smallPool.take(this.small, ofSmall);
    if (bytes > ofSmall) this.largePool.take(this.large, bytes - ofSmall);
    this.held += bytes;
  }

  /** Marks the body as complete. From now on, it does not have to make room for others. */
  complete(): void {
    this.small.isComing = this.large.isComing = false;
  }

  /** Releases all bytes. */
  close(): void {
    this.smallPool.giveBack(this.small);
    this.largePool.giveBack(this.large);
  }
}

/** The bytes that a push has from a pool. */
interface Holding {
  readonly source: string;
  readonly cut: (error: BodyNotReadError) => void;
  bytes: number;
  isComing: boolean;
}

/** A number of bytes that several sources share. */
class Pool {
  /** The holdings in the order in which they began. */
  private readonly holdings = new Set<Holding>();
  private readonly ofSource = new Map<string, number>();
  private all = 0;

  constructor(private readonly most: number) {}

  /**
   * Takes bytes. A source gets at most half of what the other sources leave, so that something is left for a further
   * one. Beyond that, its push that has been arriving for the longest time makes room.
   *
   * @throws BodyNotReadError when no other push of the source can make room
   */
  take(holding: Holding, bytes: number): void {
    while (!this.hasRoom(holding.source, bytes)) {
      const slowest = this.slowestBeside(holding);
      if (slowest === undefined) throw tooMuch();
      this.giveBack(slowest);
      slowest.cut(tooMuch());
    }
    this.holdings.add(holding);
    this.add(holding, bytes);
  }

  giveBack(holding: Holding): void {
    this.holdings.delete(holding);
    this.add(holding, -holding.bytes);
  }

  private slowestBeside(holding: Holding): Holding | undefined {
    for (const other of this.holdings)
      if (other !== holding && other.isComing && other.source === holding.source) return other;
    return undefined;
  }

  private hasRoom(source: string, bytes: number): boolean {
    const own = this.ofSource.get(source) ?? 0;
    return own + bytes <= (this.most - (this.all - own)) / 2;
  }

  private add(holding: Holding, bytes: number): void {
    holding.bytes += bytes;
    this.all += bytes;
    const own = (this.ofSource.get(holding.source) ?? 0) + bytes;
    if (own === 0) this.ofSource.delete(holding.source);
    else this.ofSource.set(holding.source, own);
  }
}

function tooMuch(): BodyNotReadError {
  return new BodyNotReadError('too much at once', 'Too much is being pushed at once');
}
