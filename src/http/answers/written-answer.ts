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
}
