// A text and what somebody looks for in it, in; the text in parts, and which of them are what was looked for, out.

export interface Part {
  readonly text: string;
  readonly isFound: boolean;
}

/** Upper and lower case are alike. Without something to look for, the text is one part. */
export function partsOf(text: string, sought: string): Part[] {
  if (sought === '') return [{ text, isFound: false }];
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(new RegExp(escaped(sought), 'giu'))) {
    if (index > end) parts.push({ text: text.slice(end, index), isFound: false });
    parts.push({ text: found, isFound: true });
    end = index + found.length;
  }
  if (end < text.length || parts.length === 0) parts.push({ text: text.slice(end), isFound: false });
  return parts;
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, (character) => `\\${character}`);
}
