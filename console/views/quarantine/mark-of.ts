const BYTE = /^byte (\d+)$/;
/** Bytes that are no UTF-8 become U+FFFD; none is left out, so that places stay right. */
const UTF_8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** What came, as text; and where in it the place of an entry is: start and end. */
export interface Marked {
  readonly text: string;
  readonly mark: readonly [start: number, end: number];
}

/**
 * A record's entry holds the record alone: all of it is meant.
 *
 * @param encoding of `raw`, as the API names it: `base64` where it is no UTF-8
 * @param place a JSON Pointer, `byte n`, or empty
 */
export function marked(raw: string, encoding: 'utf8' | 'base64', place: string): Marked {
  const isText = encoding !== 'base64';
  const bytes = isText
    ? new TextEncoder().encode(raw)
    : Uint8Array.from(atob(raw), (character) => character.charCodeAt(0));
  const text = isText ? raw : UTF_8.decode(bytes);
  const byte = BYTE.exec(place)?.[1];
  if (byte === undefined) return { text, mark: [0, text.length] };
  const before = UTF_8.decode(bytes.slice(0, Number(byte)));
  // Where it ends too early, its last character is marked.
  const at = Math.min(before.length, Math.max(0, text.length - 1));
  const start = isWithin(text, at) ? at - 1 : at;
  const end = isWithin(text, start + 1) ? start + 2 : start + 1;
  return { text, mark: [start, Math.min(text.length, end)] };
}

/** Characters of a large body that are shown on each side of the mark. */
const AROUND = 10_000;

/** What is shown of a text: the mark and what is around it. No character of two halves is cut apart. */
export function aroundMark(
  text: string,
  [start, end]: readonly [number, number],
): [start: number, end: number] {
  const [first, last] = [Math.max(0, start - AROUND), Math.min(text.length, end + AROUND)];
  return [isWithin(text, first) ? first + 1 : first, isWithin(text, last) ? last - 1 : last];
}

/** Whether a place is between the halves of a character. */
function isWithin(text: string, place: number): boolean {
  return place > 0 && (text.codePointAt(place - 1) ?? 0) > 0xffff;
}
