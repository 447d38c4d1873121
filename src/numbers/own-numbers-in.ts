// The numbers in the fields for numbers of a JSON text, at whatever depth.
import { JsonPieces } from './json-pieces.js';
import { contentOf } from './json-rewriter.js';
import { OwnNumbers } from './own-numbers.js';

export function ownNumbersIn(json: string): OwnNumbers {
  const own = new OwnNumbers();
  const pieces = new JsonPieces(json);
  for (let piece = pieces.next(); piece !== undefined; piece = pieces.next()) {
    if (!piece.isNumber) continue;
    const { text, from, to } = contentOf(json, piece);
    own.add(text.slice(from, to));
  }
  return own;
}
