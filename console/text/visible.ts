// Shows characters that nobody can see as escapes such as `\u202E`.

/**
 * Controls, characters without width, those that turn the direction of text, halves of characters. A variation selector only
 * chooses between two pictures of the character before it.
 */
const INVISIBLE =
  /(?![\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** Of texts of several lines, the ends of these and their indentation are no escapes. */
const OF_LINES = new Set(['\n', '\r', '\t']);

export interface Piece {
  readonly text: string;
  /** Whether the text is an escape instead of a character. */
  readonly isEscape: boolean;
}

/** @param hasLines whether the text may have several lines: their ends then stay as they are */
export function piecesOf(text: string, hasLines = false): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const { 0: character, index } of text.matchAll(INVISIBLE)) {
    if (hasLines && OF_LINES.has(character)) continue;
    if (index > end) pieces.push({ text: text.slice(end, index), isEscape: false });
    pieces.push({ text: escapeOf(character), isEscape: true });
    end = index + character.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isEscape: false });
  return pieces;
}

/** For where only text can stand: attributes, options. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, escapeOf);
}

function escapeOf(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
}
