// A body in, whether it holds records at all out: the least that must be known of a push before its answer.
import { isUtf8 } from 'node:buffer';
import { beyondLimits } from './body-limits.js';
import { readBody } from './body-reader.js';

/** As many as no vendor's push has; a body of more is judged by the reader, which has a bound. */
const SURELY_NOT_TOO_MANY = 1000;

/**
 * Answers as `readBody` does, for less than half of its cost: for a push of 100 records 0.13 ms instead of 0.3.
 *
 * The bytes are parsed as Latin-1. JSON's own characters are ASCII, and in UTF-8 no byte of another character is; so bytes that
 * are UTF-8 are JSON as Latin-1 if and only if they are JSON. What is not is left to the reader, which says where and why.
 *
 * @throws UnreadableBodyError as `readBody` does
 */
export function validateBody(body: Buffer): void {
  const text = body.toString('latin1');
  if (!isUtf8(body) || beyondLimits(text) !== undefined || !surelyHoldsRecords(text)) readBody(body);
}

function surelyHoldsRecords(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return false;
    return !Array.isArray(value) || value.length <= SURELY_NOT_TOO_MANY;
  } catch {
    // Perhaps a byte order mark, which the reader bears.
    return false;
  }
}
