// Masks phone numbers in any text. Only src/numbers knows what a phone number looks like.
import { type OwnNumbers, SHORTEST } from '../../numbers/own-numbers.js';
import { type MakeReplacer, TextRewriter } from '../../numbers/rewrite.js';
import { HIDDEN, MaskedPlaces } from './number-mask.js';

/**
 * A longer text is hidden completely, because the service could not answer other requests while it searches the text.
 */
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

/**
 * Masks all phone numbers in a text.
 *
 * @param own texts that are known to be phone numbers
 */
export function maskText(text: string, own: OwnNumbers): string {
  return masked(text, own, MASK_ALL);
}

/**
 * Like {@link maskText}, for the caller's own reference, which is often a count or another number. In it, only numbers
 * of the call, Chinese mobile numbers and numbers with a plus sign are masked.
 */
export function maskReference(text: string, own: OwnNumbers): string {
  return masked(text, own, MASK_CERTAIN);
}

function masked(text: string, own: OwnNumbers, mask: MakeReplacer): string {
  if (text.length < SHORTEST) return text;
  if (text.length > LONGEST_TEXT) return HIDDEN;
  return new TextRewriter(text, own, mask).range(0, text.length) ?? text;
}
