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
  const start = Math.min(before.length, Math.max(0, text.length - 1));
  return { text, mark: [start, Math.min(text.length, start + 1)] };
}

/** What is shown of a large body around the place that matters. */
const AROUND = 10_000;

/** A part of a text, and where in that part the mark is. */
export function aroundMark(
  text: string,
  [start, end]: readonly [number, number],
): { text: string; mark: [start: number, end: number] } {
  const first = Math.max(0, start - AROUND);
  const shown = text.slice(first, end + AROUND);
  return { text: shown, mark: [start - first, Math.min(end - first, shown.length)] };
}
