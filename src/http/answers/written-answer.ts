/** An answer that its route has written. Phone numbers in it are masked already if the asker must not see them. */
export class WrittenAnswer {
  /**
   * @param text the whole answer
   * @param withNumbers how many of its entries show phone numbers
   */
  constructor(
    readonly text: string,
    readonly mediaType: string,
    readonly withNumbers: number,
  ) {}
}
