// A position in a list in, an opaque text out, and back. A cursor is the client's to send, so nothing in it is trusted.
import { validate as isUuid } from 'uuid';
import { EARLIEST_MS, LATEST_MS } from '../../time/civil-time.js';
import { InvalidParametersException } from '../problems/refusals.js';

/** A keyset position: the values of the list's order in the last entry of a page; numbers are epoch milliseconds. */
export type Position = readonly (string | number)[];

/** @param kind what the list is ordered by; a cursor of another list or order is refused */
export function encodeCursor(kind: string, position: Position): string {
  return Buffer.from(JSON.stringify([kind, ...position])).toString('base64url');
}

/**
 * @param types of the position's parts
 * @param parameter by which the cursor came
 * @throws InvalidParametersException when it is not a cursor of this kind
 */
export function decodeCursor(
  cursor: string,
  kind: string,
  types: readonly ('string' | 'number')[],
  parameter = 'cursor',
): Position {
  const parts = parse(cursor);
  if (!Array.isArray(parts)) throw invalid('is not a cursor', parameter);
  const [itsKind, ...position] = parts as unknown[];
  if (itsKind !== kind) throw invalid('is of another list or of another order', parameter);
  const fits =
    position.length === types.length && position.every((part, index) => isPart(part, types[index]));
  if (!fits) throw invalid('is not a cursor', parameter);
  return position as Position;
}

/** Greater than every UUIDv7: where a list that is ordered by such ids, newest first, begins. */
export const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** As {@link decodeCursor}, for lists that are ordered by a UUID alone. */
export function decodeIdCursor(cursor: string, kind: string): string {
  const [id] = decodeCursor(cursor, kind, ['string']);
  if (typeof id === 'string' && isUuid(id)) return id;
  throw invalid('is not a cursor');
}

/** @returns undefined when it is no JSON */
function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** What PostgreSQL takes as such: no NUL in a text, an instant of the years that the ledger knows. */
function isPart(part: unknown, type: 'string' | 'number' | undefined): boolean {
  if (type === 'number')
    return Number.isInteger(part) && Number(part) >= EARLIEST_MS && Number(part) <= LATEST_MS;
  return typeof part === 'string' && !part.includes('\0') && part.length <= 1024;
}

function invalid(message: string, path = 'cursor'): InvalidParametersException {
  return new InvalidParametersException([{ path, message }]);
}
