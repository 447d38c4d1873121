// The text of a body in, where in it a record stands out. The body is not made anew, so that its text stays as it came.

/** Start and end of each element of an array, or of the one object; [] when the text is neither. */
export function recordPlaces(text: string): [start: number, end: number][] {
  const first = text.search(/\S/);
  if (text[first] === '{') return [[first, text.trimEnd().length]];
  const places: [number, number][] = [];
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

function endOfString(text: string, start: number): number {
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
export function placeOfCall(text: string, callId: string): [start: number, end: number] | undefined {
  return recordPlaces(text).findLast(([start, end]) => {
    try {
      const record: unknown = JSON.parse(text.slice(start, end));
      return isRecord(record) && String(record['callId']).trim() === callId;
    } catch {
      // A body of former rules may hold what JSON.parse does not read; it is no record of this call.
      return false;
    }
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
