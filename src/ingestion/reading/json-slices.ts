// The text of a JSON array or object in, the bounds of each element's or member's text out.

/** Where a text stands: from `start` up to, not including, `end` (UTF-16 units). */
export interface Slice {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * The elements of an array, or the members of an object, each with its key.
 *
 * @param text that `JSON.parse` has taken; nothing is checked again
 */
export function slicesOf(text: string): Slice[] {
  const slices: Slice[] = [];
  let position = text.search(/[[{]/) + 1;
  let start = position;
  for (let depth = 0; position < text.length; position += 1) {
    const character = text.charCodeAt(position);
    if (character === QUOTE) position = endOfString(text, position);
    else if (OPENING.has(character)) depth += 1;
    else if (CLOSING.has(character) && depth > 0) depth -= 1;
    else if ((character === COMMA && depth === 0) || CLOSING.has(character)) {
      slices.push(trimmed(text, start, position));
      start = position + 1;
      if (character !== COMMA) break;
    }
  }
  const [first] = slices;
  return slices.length === 1 && first?.start === first?.end ? [] : slices;
}

/**
 * The text of each member's value as it came, by key; of equal keys the last one's, which is what `JSON.parse` gives.
 *
 * @param object that `JSON.parse` has taken
 */
export function memberTexts(object: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { start, end } of slicesOf(object)) {
    const keyEnd = endOfString(object, start) + 1;
    const key = object.slice(start + 1, keyEnd - 1);
    texts.set(
      key.includes('\\') ? (JSON.parse(`"${key}"`) as string) : key,
      object.slice(object.indexOf(':', keyEnd) + 1, end).trim(),
    );
  }
  return texts;
}

/** The position of the quote that ends the string that begins at `position`. */
function endOfString(text: string, position: number): number {
  let end = text.indexOf('"', position + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, position: number): boolean {
  let backslashes = 0;
  while (text[position - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function trimmed(text: string, start: number, end: number): Slice {
  const element = text.slice(start, end);
  return {
    start: start + (element.length - element.trimStart().length),
    end: end - (element.length - element.trimEnd().length),
  };
}
