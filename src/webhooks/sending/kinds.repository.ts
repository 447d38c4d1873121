// Finds out what happened to calls, for the names of events.
import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/connections/database.js';
import type { FeedPlace } from '../../query/changes/feed-place.js';

/** What may happen to a call, in the order in which a name is chosen among things of one delivery. */
export const EVENTS = ['call.corrected', 'call.stored', 'call.noted', 'call.recorded'] as const;
export type CallEvent = (typeof EVENTS)[number];

/** The deliveries that changed a call. */
interface Deliveries {
  readonly callId: string;
  readonly revision: number;
  readonly report: string;
  /** Null: its first content is current, or is not kept any more. */
  readonly first: string | null;
  readonly note: string | null;
  readonly recording: string | null;
}

/** The positions at which something last happened to a call. 0: never, or that is not known. */
export type CallHistory = Readonly<Record<CallEvent, number>>;

const FIND = {
  name: 'find-call-deliveries',
  text: `SELECT calls.call_id AS "callId", calls.revision, calls.delivery_id AS report,
      (SELECT past.delivery_id FROM call_revisions AS past
        WHERE past.call_id = calls.call_id AND past.revision = 1 LIMIT 1) AS first,
      note.delivery_id AS note,
      coalesce(recording.change_delivery_id, recording.delivery_id) AS recording
    FROM calls LEFT JOIN call_notes AS note ON note.call_id = calls.call_id
      LEFT JOIN call_recordings AS recording ON recording.call_id = calls.call_id
    WHERE calls.call_id = ANY($1)`,
};
const POSITIONS = {
  name: 'positions-of-deliveries',
  text: 'SELECT id, position::float8 AS position FROM deliveries WHERE id = ANY($1)',
};

@Injectable()
export class KindsRepository {
  constructor(private readonly database: Database) {}

  /** What happened to calls. It may already know of what happened since the feed was read. */
  async of(callIds: readonly string[]): Promise<ReadonlyMap<string, CallHistory>> {
    if (callIds.length === 0) return new Map();
    return this.database.snapshot(async (transaction) => {
      const { rows } = await transaction.query<Deliveries>({ ...FIND, values: [callIds] });
      const ids = new Set(
        rows.flatMap(({ report, first, note, recording }) => [report, first, note, recording]),
      );
      const known = await transaction.query<{ id: string; position: number }>({
        ...POSITIONS,
        values: [[...ids].filter((id) => id !== null)],
      });
      const positions = new Map(known.rows.map(({ id, position }) => [id, position]));
      return new Map(rows.map((row) => [row.callId, historyOf(row, (id) => positions.get(id ?? '') ?? 0)]));
    });
  }
}

function historyOf(row: Deliveries, positionOf: (id: string | null) => number): CallHistory {
  const isFirst = row.revision === 1;
  const stored = positionOf(isFirst ? row.report : row.first);
  // What came before the report is part of the call only since then.
  const afterStored = (id: string | null) => (id === null ? 0 : Math.max(positionOf(id), stored));
  return {
    'call.stored': stored,
    'call.corrected': isFirst ? 0 : positionOf(row.report),
    'call.noted': afterStored(row.note),
    'call.recorded': afterStored(row.recording),
  };
}

/**
 * The newest wanted event of a call after a place in the feed.
 *
 * @returns undefined if there was none
 */
export function newestEvent(
  callId: string,
  history: CallHistory,
  after: FeedPlace,
  wanted: readonly string[],
): CallEvent | undefined {
  const isAfter = (position: number) =>
    position > after.position || (position === after.position && isLater(callId, after.callId));
  const happened = EVENTS.filter((event) => wanted.includes(event) && isAfter(history[event]));
  return happened.reduce<CallEvent | undefined>(
    (newest, event) => (newest === undefined || history[event] > history[newest] ? event : newest),
    undefined,
  );
}

/** Whether a call comes later in its delivery. The database compares bytes. */
function isLater(callId: string, other: string): boolean {
  return Buffer.compare(Buffer.from(callId), Buffer.from(other)) > 0;
}
