// Encodes a position in a list as an opaque cursor, and decodes it. Clients send cursors, so nothing in them is
// trusted.
import { validate as isUuid } from 'uuid';
import { EARLIEST_MS, LATEST_MS } from '../../time/civil-time.js';
import { InvalidParametersException } from '../problems/refusals.js';

/**
 * A keyset position: the values of the sort columns in the last entry of a page. Numbers are epoch milliseconds.
 */
export type Position = readonly (string | number)[];

/** @param kind names the list and its order. A cursor of another kind is refused when it is decoded. */
export function encodeCursor(kind: string, position: Position): string {
  return Buffer.from(JSON.stringify([kind, ...position])).toString('base64url');
}

/**
 * @param types the types of the position's parts
 * @param parameter the query parameter that held the cursor
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
  if (itsKind !== kind) throw invalid('belongs to another list or to another order', parameter);
  const fits =
    position.length === types.length && position.every((part, index) => isPart(part, types[index]));
  if (!fits) throw invalid('is not a cursor', parameter);
  return position as Position;
}

/** Greater than every UUIDv7. A list that is ordered by such ids, newest first, begins here. */
export const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Like {@link decodeCursor}, for lists that are ordered by a UUID alone.
 *
 * @throws InvalidParametersException when it is not a cursor of this kind
 */
export function decodeIdCursor(cursor: string, kind: string): string {
  const [id] = decodeCursor(cursor, kind, ['string']);
  if (typeof id === 'string' && isUuid(id)) return id;
  throw invalid('is not a cursor');
}

/** @returns undefined when it is not JSON */
function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Whether PostgreSQL accepts the value: a text without NUL, or an instant within the years of the ledger. */
function isPart(part: unknown, type: 'string' | 'number' | undefined): boolean {
  if (type === 'number')
    return Number.isInteger(part) && Number(part) >= EARLIEST_MS && Number(part) <= LATEST_MS;
  return typeof part === 'string' && !part.includes('\0') && part.length <= 1024;
}

function invalid(message: string, path = 'cursor'): InvalidParametersException {
  return new InvalidParametersException([{ path, message }]);
}
