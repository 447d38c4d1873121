import { createHash } from 'node:crypto';

/** The purpose of a stream of random numbers. Streams of different purposes are independent. */
export const Purpose = {
  Call: 1,
  Block: 2,
  Batch: 3,
  Fate: 4,
  Correction: 5,
  Oddity: 6,
  Task: 7,
  Window: 8,
  Unpushed: 9,
  ApiFault: 10,
  ApiEntry: 11,
  ApiNumberIds: 12,
  Conversation: 13,
  Audio: 14,
} as const;
export type Purpose = (typeof Purpose)[keyof typeof Purpose];

/**
 * Random numbers that depend only on four 32-bit seeds (sfc32, Chris Doty-Humphrey). They are the same on every
 * machine.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  constructor(a: number, b: number, c: number, d: number) {
    this.a = a;
    this.b = b;
    this.c = c;
    this.counter = d;
    // The first dozen steps are skipped, because similar seeds give similar numbers in them.
    for (let step = 0; step < 12; step += 1) this.next();
  }

  /** The next whole number, 0 to 2^32 - 1. */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.next() / 0x1_0000_0000;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** Returns true in the given share (0 to 1) of all cases. It always draws one number. */
  chance(share: number): boolean {
    return this.fraction() < share;
  }

  /**
   * Returns one of the items.
   *
   * @throws Error when there are none
   */
  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.fraction() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}

/** Independent streams of random numbers, one for each purpose and index, all drawn from one text. */
export class RandomStreams {
  private readonly a: number;
  private readonly b: number;

  constructor(seed: string) {
    const digest = createHash('sha256').update(seed).digest();
    this.a = digest.readUInt32LE(0);
    this.b = digest.readUInt32LE(4);
  }

  stream(purpose: Purpose, index: number): Random {
    return new Random(this.a, this.b ^ Math.imul(purpose, 0x9e3779b1), index | 0, purpose);
  }
}
