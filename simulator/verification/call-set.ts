/** A set of calls, one bit each. */
export class CallSet {
  private readonly bits: Uint8Array;

  constructor(readonly calls: number) {
    this.bits = new Uint8Array((calls + 7) >> 3);
  }

  /** Adds a call. Returns false if the set had it already. */
  add(call: number): boolean {
    const was = this.has(call);
    this.bits[call >> 3] = (this.bits[call >> 3] ?? 0) | (1 << (call & 7));
    return !was;
  }

  has(call: number): boolean {
    return ((this.bits[call >> 3] ?? 0) & (1 << (call & 7))) !== 0;
  }
}
