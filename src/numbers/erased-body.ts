// The bytes of a push without a number.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytesOf, textOf } from './body-text.js';
import type { NumberSearch } from './number-search.js';

/**
 * Puts a mark in the place of the number, wherever it stands: in a JSON string, or instead of a whole JSON number. All else
 * stays, and what was JSON is still JSON. Only a JSON string that holds the number among escapes is written anew.
 *
 * @returns undefined when the number is not there
 */
export async function erasedBody(bytes: Buffer, search: NumberSearch): Promise<Buffer | undefined> {
  const text = textOf(bytes);
  const parts: string[] = [];
  for (const part of search.erasedParts(text)) {
    if (parts.push(part) > 1) await nextTurn();
  }
  const erased = parts.join('');
  return erased === text ? undefined : bytesOf(erased);
}
