/** Walks once through the quotes of a text that has JSON in it. */
export class Quotes {
  private position = 0;
  private inString = false;

  constructor(private readonly text: string) {}

  /** @param place not before the one asked for last */
  isInString(place: number): boolean {
    for (;;) {
      const quote = this.text.indexOf('"', this.position);
      if (quote < 0 || quote >= place) return this.inString;
      if (!this.inString || !this.isEscaped(quote)) this.inString = !this.inString;
      this.position = quote + 1;
    }
  }

  private isEscaped(quote: number): boolean {
    let backslashes = 0;
    while (this.text[quote - 1 - backslashes] === '\\') backslashes += 1;
    return backslashes % 2 === 1;
  }
}
