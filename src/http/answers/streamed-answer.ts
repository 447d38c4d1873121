/** A part of an answer. */
export interface AnswerPart {
  /** In UTF-8. */
  readonly texts: readonly Buffer[];
  /** How many more entries with phone numbers are written than at the part before, at least those of this part. */
  readonly withNumbers: number;
}

/**
 * An answer that its route sends while it still writes it. Phone numbers in it are masked already if the asker must not
 * see them. If the first part fails, the answer is a problem. If a later one fails, the connection is broken off.
 */
export class StreamedAnswer {
  /** @param held how many bytes wait for the client now */
  constructor(
    readonly parts: AsyncIterable<AnswerPart>,
    readonly mediaType: string,
    readonly held: () => number,
  ) {}

  /** The same answer, with something to be done before each part is sent. */
  before(part: (part: AnswerPart) => Promise<void>): StreamedAnswer {
    return new StreamedAnswer(afterwards(this.parts, part), this.mediaType, this.held);
  }

  async *texts(): AsyncGenerator<Buffer> {
    for await (const { texts } of this.parts) yield* texts;
  }
}

async function* afterwards(
  parts: AsyncIterable<AnswerPart>,
  first: (part: AnswerPart) => Promise<void>,
): AsyncGenerator<AnswerPart> {
  for await (const part of parts) {
    await first(part);
    yield part;
  }
}
