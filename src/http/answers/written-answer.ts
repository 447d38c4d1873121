/** An answer that its route has written. Phone numbers in it are masked already if the asker must not see them. */
export class WrittenAnswer {
  /**
   * @param content the whole answer, or its parts in UTF-8 if it is long
   * @param withNumbers how many of its entries show phone numbers
   */
  constructor(
    readonly content: string | readonly Buffer[],
    readonly mediaType: string,
    readonly withNumbers: number,
  ) {}

  /**
   * Frees the memory of the parts at once. Nothing may read them any more. V8 would free it when it collects the old
   * objects, which is after some 60 MB of such parts.
   */
  free(): void {
    if (typeof this.content === 'string') return;
    // Small buffers share their memory with others.
    const own = this.content.flatMap(({ buffer }) =>
      buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize ? [buffer] : [],
    );
    // What is transferred to nobody is gone. From Node.js 22 on, ArrayBuffer.transfer() could do it.
    structuredClone(undefined, { transfer: own });
  }
}
