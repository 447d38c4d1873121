const BYTE = /^byte (\d+)$/;

/**
 * Where in what came the place of an entry is. A record's entry holds the record alone: all of it is meant.
 *
 * @param place a JSON Pointer, `byte n`, or empty
 * @returns start and end in the text
 */
export function markOf(raw: string, place: string): [start: number, end: number] {
  const byte = BYTE.exec(place)?.[1];
  if (byte === undefined) return [0, raw.length];
  const before = new TextDecoder().decode(new TextEncoder().encode(raw).slice(0, Number(byte)));
  // Where it ends too early, its last character is marked.
  const start = Math.min(before.length, Math.max(0, raw.length - 1));
  return [start, Math.min(raw.length, start + 1)];
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
