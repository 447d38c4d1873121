// A seed and a body's index in, the same choices at every run out.

/** The random numbers of one body: Mulberry32. Nothing but the seed and the index decides what they are. */
export class Dice {
  private state: number;

  constructor(seed: number, index: number) {
    this.state = Math.imul(seed ^ Math.imul(index + 1, 0x9e3779b9), 0x85ebca6b);
    // Neighbours begin alike; the first draws part them.
    this.below(2);
    this.below(2);
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(probability: number): boolean {
    return this.below(1_000_000) < probability * 1_000_000;
  }

  pick<T>(list: readonly T[]): T {
    const chosen = list[this.below(list.length)];
    if (chosen === undefined) throw new Error('nothing to pick from');
    return chosen;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  digits(length: number): string {
    return String(this.between(1, 9)) + Array.from({ length: length - 1 }, () => this.below(10)).join('');
  }
}
