// Every telephone number that a body may hold.
import { coreOf } from './core.js';
import { NumberFinder } from './find-numbers.js';
import { JsonPieces, looksLikeJson } from './json-pieces.js';
import { contentOf } from './json-rewriter.js';
import { NONE } from './own-numbers.js';

/** So many characters are looked at before others have their turn. */
const STEP = 262_144;

/**
 * Tells of the core of each number that `NumberSearch` would find in a text that may be JSON, of some more than once.
 *
 * @returns to be gone through to the end; rests now and then
 */
export function* eachCore(text: string, visit: (core: string) => void): Generator<void> {
  const finder = finderOf(text, visit);
  if (!looksLikeJson(text)) {
    yield* finder.findAll(STEP);
    return;
  }
  const pieces = new JsonPieces(text);
  let next = STEP;
  for (let piece = pieces.next(); piece !== undefined; piece = pieces.next()) {
    const said = contentOf(text, piece);
    const core = piece.isNumber ? coreOf(said.text.slice(said.from, said.to)) : undefined;
    if (core !== undefined) visit(core);
    (said.text === text ? finder : finderOf(said.text, visit)).find(said.from, said.to);
    if (piece.to < next) continue;
    next = piece.to + STEP;
    yield;
  }
}

function finderOf(text: string, visit: (core: string) => void): NumberFinder {
  return new NumberFinder(text, NONE, ({ core }) => {
    if (core !== '') visit(core);
  });
}
