// Rewrites the text of JSON name by name and value by value. What stays is not touched, and what was JSON still is.
import { type JsonPiece, JsonPieces, unescaped } from './json-pieces.js';
import { wholeDigits } from './scientific.js';

/** What a name or a value says: a range of a text, mostly of the JSON itself. */
export interface Content {
  readonly piece: JsonPiece;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** @returns what is to stand there; undefined when it stays as it is */
export type RewriteContent = (content: Content) => string | undefined;

const LONGEST_NUMBER = 400;
const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** In parts, each made of so many characters at least. */
export function* rewrittenJson(text: string, step: number, rewrite: RewriteContent): Generator<string> {
  const pieces = new JsonPieces(text);
  let rewritten = '';
  let done = 0;
  let next = step;
  for (let piece = pieces.next(); piece !== undefined; piece = pieces.next()) {
    const { from, to } = piece;
    const content = contentOf(text, piece);
    const changed = rewrite(content);
    if (changed !== undefined) {
      rewritten += text.slice(done, from) + written(changed, content, text);
      done = to;
    }
    if (to < next) continue;
    next = to + step;
    yield rewritten;
    rewritten = '';
  }
  yield rewritten + text.slice(done);
}

/** What a piece says: digits instead of `1.39e10`, and characters instead of their escapes. */
export function contentOf(text: string, piece: JsonPiece): Content {
  const { kind, from, to, isEscaped } = piece;
  const same = { piece, text, from, to };
  if (kind === 'bare') {
    const token = to - from > LONGEST_NUMBER ? '' : text.slice(from, to);
    const digits = wholeDigits(token);
    return digits === undefined || digits === token
      ? same
      : { piece, text: digits, from: 0, to: digits.length };
  }
  const said = isEscaped ? unescaped(text.slice(from, to)) : undefined;
  return said === undefined ? same : { piece, text: said, from: 0, to: said.length };
}

/** Whether a value is a number of JSON. */
export function isJsonNumber({ kind, from, to }: JsonPiece, text: string): boolean {
  return kind === 'bare' && to - from <= LONGEST_NUMBER && NUMBER.test(text.slice(from, to));
}

function written(changed: string, { piece, text: said }: Content, text: string): string {
  if (piece.kind === 'bare') return isJsonNumber(piece, text) ? JSON.stringify(changed) : changed;
  return said === text ? changed : JSON.stringify(changed).slice(1, -1);
}
