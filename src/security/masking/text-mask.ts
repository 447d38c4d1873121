// Any text with the telephone numbers in it masked. What a number is, src/numbers alone knows.
import { type OwnNumbers, SHORTEST } from '../../numbers/own-numbers.js';
import { type MakeReplacer, TextRewriter } from '../../numbers/rewrite.js';
import { HIDDEN, MaskedPlaces } from './number-mask.js';

/** A longer text is hidden as a whole: nobody is answered while it is looked through. */
export const LONGEST_TEXT = 1_000_000;

export const MASK_ALL: MakeReplacer = (replace) => new MaskedPlaces(replace);
const MASK_CERTAIN: MakeReplacer = (replace) => {
  const places = new MaskedPlaces(replace);
  return {
    add: (found) => {
      if (found.isCertain) places.add(found);
    },
    finish: () => {
      places.finish();
    },
  };
};

/** @param own numbers that are known to be some */
export function maskText(text: string, own: OwnNumbers): string {
  return masked(text, own, MASK_ALL);
}

/**
 * As {@link maskText}, for the caller's own reference: often a number that counts something. Only numbers of the call,
 * Chinese mobile numbers and those with a plus sign are masked in it.
 */
export function maskReference(text: string, own: OwnNumbers): string {
  return masked(text, own, MASK_CERTAIN);
}

function masked(text: string, own: OwnNumbers, mask: MakeReplacer): string {
  if (text.length < SHORTEST) return text;
  if (text.length > LONGEST_TEXT) return HIDDEN;
  return new TextRewriter(text, own, mask).range(0, text.length) ?? text;
}
