// The text of a body in, where in it a record stands out. The body is not made anew, so that its text stays as it came.

type Place = [start: number, end: number];

/** Start and end of each element of an array, or of the one object; [] when the text is neither. */
export function recordPlaces(text: string): Place[] {
  const first = text.search(/\S/);
  return text[first] === '{' ? [[first, text.trimEnd().length]] : partPlaces(text, first);
}

/** Start and end of each element of an array, or of each member of an object. @param first where its bracket is */
function partPlaces(text: string, first: number): Place[] {
  const places: Place[] = [];
  let depth = 0;
  let start = -1;
  for (let at = first; at >= 0 && at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      if (depth === 1 && start < 0) start = at;
      at = endOfString(text, at);
    } else if (character === '[' || character === '{') {
      if (depth === 1 && start < 0) start = at;
      depth += 1;
    } else if (character === ']' || character === '}') {
      depth -= 1;
      if (depth === 0 && start >= 0) places.push([start, endOfValue(text, at)]);
    } else if (character === ',' && depth === 1) {
      places.push([start, endOfValue(text, at)]);
      start = -1;
    } else if (depth === 1 && start < 0 && /\S/.test(character ?? '')) start = at;
  }
  return places;
}

/** @returns the place of the closing quote; the end of the text if there is none */
export function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

/** Without the white space before a comma or bracket. */
function endOfValue(text: string, before: number): number {
  let end = before;
  while (/\s/.test(text[end - 1] ?? '')) end -= 1;
  return end;
}

/** The place of the last record with a callId: of several in one push, it is the one that stands. */
export function placeOfCall(text: string, callId: string): Place | undefined {
  return recordPlaces(text).findLast(([start, end]) => {
    try {
      return callIdOf(text.slice(start, end)) === callId;
    } catch {
      // A body of former rules may hold what JSON.parse does not read; it is no record of this call.
      return false;
    }
  });
}

/**
 * As the ledger reads it: a string without the white space around it, a number as it is written, which JSON.parse would round.
 *
 * @throws SyntaxError
 */
function callIdOf(record: string): string | undefined {
  const read: unknown = JSON.parse(record);
  if (typeof read !== 'object' || read === null || !('callId' in read)) return undefined;
  const { callId } = read;
  return typeof callId === 'number' ? memberText(record, 'callId') : String(callId).trim();
}

/**
 * The text of an object's member, with all digits of its numbers; of several with the name the last one's, as JSON.parse takes it.
 *
 * @param object valid JSON
 * @returns undefined when the object has no such member
 */
export function memberText(object: string, wanted: string): string | undefined {
  const found = partPlaces(object, object.search(/\S/)).findLast(
    ([start]) => nameAt(object, start) === wanted,
  );
  if (found === undefined) return undefined;
  const [start, end] = found;
  const colon = object.indexOf(':', endOfString(object, start));
  return object.slice(colon + 1, end).trim();
}

function nameAt(object: string, start: number): unknown {
  return JSON.parse(object.slice(start, endOfString(object, start) + 1));
}
