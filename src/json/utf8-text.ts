const NOTHING = Buffer.alloc(0);
const FIRST_BYTES = 16_384;
/** A longer text is counted before room is made for it. */
const LONG = 4096;
/** The most bytes of a UTF-16 unit in UTF-8. */
const MOST_BYTES_A_UNIT = 3;

const WORD_BYTES = 4;

/** A short text of ASCII that is added often, in words of four bytes. */
export class FixedText {
  /** The last one may reach beyond the text. */
  readonly words: Uint32Array;
  readonly length: number;

  constructor(text: string) {
    this.length = text.length;
    const bytes = Buffer.alloc(Math.ceil(text.length / WORD_BYTES) * WORD_BYTES);
    bytes.write(text, 'ascii');
    this.words = Uint32Array.from({ length: bytes.length / WORD_BYTES }, (_, index) =>
      bytes.readUInt32LE(index * WORD_BYTES),
    );
  }
}

/** A text that grows, in UTF-8. Bytes may be written to {@link bytes} directly, behind {@link length}. */
export class Utf8Text {
  bytes = NOTHING;
  /** How many bytes are written. */
  length = 0;
  private view = viewOf(NOTHING);

  /** @param size for how many bytes there is room at first */
  constructor(private readonly size = FIRST_BYTES) {}

  /** Makes room for more bytes. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const bytes = Buffer.allocUnsafe(Math.max(needed, this.size, this.bytes.length * 2));
    this.bytes.copy(bytes, 0, 0, this.length);
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  add(text: string): void {
    this.reserve(text.length > LONG ? Buffer.byteLength(text) : text.length * MOST_BYTES_A_UNIT);
    this.length += this.bytes.write(text, this.length);
  }

  /** Adds a short text of ASCII. That is twice as fast as {@link add}. */
  addAscii(text: string): void {
    this.reserve(text.length);
    const { bytes, length } = this;
    for (let index = 0; index < text.length; index += 1) bytes[length + index] = text.charCodeAt(index);
    this.length = length + text.length;
  }

  /**
   * Adds a text that does not change. That takes a third of the time of {@link addAscii}. Up to three bytes behind the text
   * are overwritten.
   */
  addFixed({ words, length }: FixedText): void {
    this.reserve(words.length * WORD_BYTES);
    const { view } = this;
    let at = this.length;
    // `for … of` takes twice as long.
    for (let index = 0; index < words.length; index += 1, at += WORD_BYTES)
      view.setUint32(at, words[index] ?? 0, true);
    this.length += length;
  }

  /** Gives away what is written, and begins anew. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    const isMostlyRoom = this.length * 2 < this.bytes.length;
    this.bytes = NOTHING;
    this.view = viewOf(NOTHING);
    this.length = 0;
    return isMostlyRoom ? Buffer.from(taken) : taken;
  }

  toString(): string {
    return this.bytes.toString('utf8', 0, this.length);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
