// Bounds the memory that pushes take, however fast they come, and shares it out among their sources.
import { Injectable } from '@nestjs/common';

/** Bytes of all pushes under way: bodies, and several times as much while they are read. */
const MOST_BYTES = 256 * 1024 * 1024;
/** Bytes for the beginnings of pushes, which large bodies can't take: with these, nearly all pushes are whole. */
const MOST_SMALL_BYTES = 64 * 1024 * 1024;
const SMALL_BYTES = 64 * 1024;

/** The body of a push was not read to its end. Nothing of it is kept. */
export class BodyNotReadError extends Error {
  constructor(
    readonly why: 'too large' | 'too slow' | 'broken off' | 'too much at once',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

@Injectable()
export class BodyBudget {
  private readonly small = new Pool(MOST_SMALL_BYTES);
  private readonly large = new Pool(MOST_BYTES);

  open(source: string): BodyShare {
    return new BodyShare(source, this.small, this.large);
  }
}

/** What one push holds. */
export class BodyShare {
  /** Ends the reading of the body; called when it has to make room for another push of its source. */
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
   * Counts bytes that the push is going to hold besides.
   *
   * @throws BodyNotReadError when the share of its source is used up
   */
  take(bytes: number): void {
    const ofSmall = Math.min(bytes, Math.max(0, SMALL_BYTES - this.held));
    if (ofSmall > 0) this.smallPool.take(this.small, ofSmall);
    if (bytes > ofSmall) this.largePool.take(this.large, bytes - ofSmall);
    this.held += bytes;
  }

  /** All of the body has come: from now on it is not ended to make room. */
  complete(): void {
    this.small.isComing = this.large.isComing = false;
  }

  /** Gives all back. */
  close(): void {
    this.smallPool.giveBack(this.small);
    this.largePool.giveBack(this.large);
  }
}

/** What a push holds of a pool. */
interface Holding {
  readonly source: string;
  readonly cut: (error: BodyNotReadError) => void;
  bytes: number;
  isComing: boolean;
}

/** Bytes that several sources share. */
class Pool {
  /** In the order in which they began. */
  private readonly holdings = new Set<Holding>();
  private readonly ofSource = new Map<string, number>();
  private all = 0;

  constructor(private readonly most: number) {}

  /**
   * A source has at most half of what the others leave, so that something is left for another one. When it has that, its push
   * that has been coming for the longest makes room.
   *
   * @throws BodyNotReadError
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
