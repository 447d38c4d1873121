import { decodeCursor, encodeCursor } from '../../http/parameters/cursor.js';

/**
 * A place in the feed: after the call `callId` of the delivery at `position`. '' is the place before all of its
 * calls.
 */
export interface FeedPlace {
  readonly position: number;
  readonly callId: string;
}

const KIND = 'changes';

export const BEGINNING: FeedPlace = { position: 0, callId: '' };

/**
 * The error for a cursor that is ahead. Otherwise the answer would be "nothing new" until new changes had passed
 * its position, and the client would miss them.
 */
export const BEYOND =
  'is ahead of this ledger, which seems to have been restored to an earlier state: begin again without it';

/** The cursor that clients send and get for a place. */
export function encodePlace({ position, callId }: FeedPlace): string {
  return encodeCursor(KIND, [position, callId]);
}

/**
 * @param parameter what the cursor came in
 * @throws InvalidParametersException
 */
export function decodePlace(cursor: string, parameter: string): FeedPlace {
  const [position, callId] = decodeCursor(cursor, KIND, ['number', 'string'], parameter);
  return { position: Number(position), callId: String(callId) };
}
