// Masks numbers in the text of a push, or of a part of it. If the text was JSON, it is still JSON afterwards.
import { type Content, isJsonNumber, looksLikeJson } from '../../numbers/json-pieces.js';
import { type RewriteContent, rewrittenJson, TextRewriter } from '../../numbers/rewrite.js';
import { NONE, type OwnNumbers, ownNumbersIn } from '../../numbers/own-numbers.js';
import { ruleOfRecordField } from './field-rules.js';
import { HIDDEN, maskNumber } from './number-mask.js';
import { LONGEST_TEXT, MASK_ALL, maskReference } from './text-mask.js';

/** A part ends after so many characters. */
const PART_LENGTH = 65_536;

/** Masks a text in parts, so that other work can run in between. */
export function* maskedParts(text: string): Generator<string> {
  if (!looksLikeJson(text)) {
    yield* new TextRewriter(text, NONE, MASK_ALL).parts(PART_LENGTH);
    return;
  }
  const own = yield* ownNumbersIn(text, PART_LENGTH);
  const whole = new TextRewriter(text, own, MASK_ALL);
  yield* rewrittenJson(text, PART_LENGTH, (content) => maskedContent(content, text, whole, own));
}

/** Masks a text at once, like {@link maskedParts}. */
export function maskJsonText(text: string): string {
  return [...maskedParts(text)].join('');
}

/**
 * Masks one piece of JSON.
 *
 * @param whole masks ranges of the JSON itself
 * @returns undefined if the piece stays as it is
 */
function maskedContent(
  content: Content,
  json: string,
  whole: TextRewriter,
  own: OwnNumbers,
): ReturnType<RewriteContent> {
  const { piece, text, from, to } = content;
  const rule = piece.kind === 'name' ? 'free' : ruleOf(content, json);
  if (rule === 'keep') return undefined;
  if (rule === 'number') return maskNumber(text.slice(from, to));
  if (to - from > LONGEST_TEXT) return HIDDEN;
  if (rule === 'reference') return changed(text.slice(from, to), (said) => maskReference(said, own));
  const rewriter = text === json ? whole : new TextRewriter(text, own, MASK_ALL);
  return to - from > PART_LENGTH ? rewriter.rangeInSteps(from, to, PART_LENGTH) : rewriter.range(from, to);
}

function ruleOf({ piece }: Content, json: string): ReturnType<typeof ruleOfRecordField> {
  if (piece.isNumber) return piece.kind === 'string' || isJsonNumber(piece, json) ? 'number' : 'free';
  const rule = piece.isOfRecord && piece.name !== undefined ? ruleOfRecordField(piece.name) : 'free';
  // An id that is a JSON number is searched like any other number.
  return rule === 'keep' && piece.kind !== 'string' ? 'free' : rule;
}

function changed(before: string, change: (text: string) => string): string | undefined {
  const after = change(before);
  return after === before ? undefined : after;
}
