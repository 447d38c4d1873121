// Hides the signatures of URLs: with one, anybody could fetch the vendor's recording.

const HIDDEN = '…';
/** {@link HIDDEN} in bytes that are read as Latin-1. */
const HIDDEN_BYTES = Buffer.from(HIDDEN).toString('latin1');
/**
 * What a URL is a part of: it ends at blanks, quotes and brackets. In JSON, and in JSON within a text of JSON, slashes
 * and other characters may be escaped. The time is linear, so no part of the pattern may repeat another one.
 */
const WORD = /(?:[^\s"'<>\\]|\\{1,8}\/|\\{1,8}u00(?!2[27]|3[cCeE])[2-7][0-9a-fA-F])+/g;
const MARK = /\?|\\{1,8}u003[fF]/;
/** What stands before the value of the vendor's field, also in JSON within a text. It is looked for in this many characters. */
const OF_RECORDING = /recordFile[^\w]{1,40}$/i;
const BEFORE_VALUE = 50;
const IS_SIGNED = /(?:signature|accesskeyid|security-token|x-oss-[a-z-]{1,40})(?:=|\\{1,8}u003d)/i;

/**
 * Replaces the query parts of signed URLs, and of all URLs in the field `recordFile`. Other URLs stay, because they may be
 * what somebody wants to keep. Valid JSON stays valid.
 */
export function withoutSignatures(text: string, hidden = HIDDEN): string {
  if (!MARK.test(text)) return text;
  return text.replace(WORD, (word, offset: number) => {
    const mark = MARK.exec(word);
    if (mark === null) return word;
    const query = mark.index + mark[0].length;
    if (query === word.length) return word;
    const isHidden =
      IS_SIGNED.test(word.slice(query)) ||
      OF_RECORDING.test(text.slice(Math.max(0, offset - BEFORE_VALUE), offset));
    return isHidden ? word.slice(0, query) + hidden : word;
  });
}

/** The same for bytes, which need not be text. */
export function bytesWithoutSignatures(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const shown = withoutSignatures(text, HIDDEN_BYTES);
  return shown === text ? bytes : Buffer.from(shown, 'latin1');
}
