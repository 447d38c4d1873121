// The numbers of calls in, whether digits in another place are one of them out.

/** A shorter one says too little to look for it. */
const SHORTEST = 5;
/** As a part of longer digits, a short one stands there by chance. */
const SHORTEST_PART = 7;

/** Numbers that stand in the fields for them: in other places they are masked too, whatever they look like there. */
export class OwnNumbers {
  private readonly numbers = new Set<string>();
  private readonly lengths = new Set<number>();

  add(text: string): void {
    const digits = text.replaceAll(/\D/g, '');
    if (digits.length < SHORTEST) return;
    this.numbers.add(digits);
    if (digits.length >= SHORTEST_PART) this.lengths.add(digits.length);
  }

  has(digits: string): boolean {
    return this.numbers.has(digits);
  }

  /** Whether one of them is a part of these digits. */
  isWithin(digits: string): boolean {
    for (const length of this.lengths) {
      for (let start = 0; start + length <= digits.length; start += 1)
        if (this.numbers.has(digits.slice(start, start + length))) return true;
    }
    return false;
  }
}

export const NONE = new OwnNumbers();
