import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/connections/database.js';
import type { Statement, Transaction } from '../../persistence/connections/statement.js';
import { CallWriteRepository } from '../../ingestion/writing/call-write.repository.js';
import { LeaseRepository } from '../../persistence/leases/lease.repository.js';
import { deleteRecordings } from '../../persistence/sql/delete-recordings.js';

export const RETENTION = 'retention';

/** What a step deleted, and the place after it, which is undefined if nothing is left to delete. */
export interface RetentionStep {
  readonly deleted: number;
  readonly revisions: number;
  readonly next: string | undefined;
}

/** The place where {@link RetentionRepository.deleteBodies} begins. */
export const FIRST_INSTANT = '-infinity';

const DELETE_BODIES = {
  name: 'retain-bodies',
  text: `DELETE FROM delivery_bodies WHERE delivery_id = ANY(ARRAY(
      SELECT delivery_id FROM delivery_bodies WHERE received_at >= $1::timestamptz AND received_at < $2
      ORDER BY received_at LIMIT $3))
    RETURNING received_at::text AS place, received_at`,
};
const OLD_CALLS = {
  name: 'retain-calls-find',
  text: `SELECT call_id, delivery_id FROM calls
    WHERE delivery_id >= $1 AND delivery_id < $2 AND (last_delivery_id IS NULL OR last_delivery_id < $2)
    ORDER BY delivery_id LIMIT $3`,
};
// Calls that a correction or a duplicate has renewed meanwhile stay.
const DELETE_CALLS = {
  name: 'retain-calls',
  text: `DELETE FROM calls WHERE call_id = ANY($1) AND greatest(delivery_id, last_delivery_id) < $2
    RETURNING call_id`,
};
const DELETE_REVISIONS = {
  name: 'retain-revisions',
  text: 'DELETE FROM call_revisions WHERE call_id = ANY($1) RETURNING 1',
};
export type MessagesTable = 'call_notes' | 'call_recordings';
/** Notes and recordings are deleted with their calls. */
const DELETE_MESSAGES = [
  { name: 'retain-notes', text: 'DELETE FROM call_notes WHERE call_id = ANY($1)' },
  { name: 'retain-recordings', text: deleteRecordings('call_id = ANY($1)') },
  { name: 'retain-message-revisions', text: 'DELETE FROM message_revisions WHERE call_id = ANY($1)' },
];
/** Those whose report never came. */
const oldOrphans = (table: MessagesTable) => ({
  name: `retain-${table}-find`,
  text: `SELECT call_id, delivery_id FROM ${table} m
    WHERE delivery_id >= $1 AND delivery_id < $2 AND (last_delivery_id IS NULL OR last_delivery_id < $2)
      AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.call_id = m.call_id)
    ORDER BY delivery_id LIMIT $3`,
});
const DELETE_ORPHAN_REVISIONS = {
  name: 'retain-orphan-revisions',
  text: 'DELETE FROM message_revisions WHERE call_id = ANY($1) AND message = $2 RETURNING 1',
};
const ARE_OLD = 'call_id = ANY($1) AND greatest(delivery_id, last_delivery_id) < $2';
const DELETE_ORPHANS: Readonly<Record<MessagesTable, Statement>> = {
  call_notes: {
    name: 'retain-orphan-notes',
    text: `DELETE FROM call_notes WHERE ${ARE_OLD} RETURNING call_id`,
  },
  call_recordings: { name: 'retain-orphan-recordings', text: deleteRecordings(ARE_OLD) },
};
const deleteEntries = (name: string, only: string) => ({
  name,
  text: `DELETE FROM quarantine WHERE id = ANY(ARRAY(
      SELECT id FROM quarantine WHERE status = $1 AND id >= $2 AND id < $3 AND ${only}
      ORDER BY id LIMIT $4))
    RETURNING id::text AS place`,
});
const DELETE_RESOLVED = deleteEntries('retain-resolved', 'resolved_at < $5');
// An entry that is open again keeps its id.
const DELETE_OPEN = deleteEntries('retain-open', 'received_at < $5');
const COUNT_OPEN = {
  name: 'count-old-open',
  text: `SELECT count(*)::int AS count FROM quarantine WHERE status = 'open' AND id < $1 AND received_at < $2`,
};

/**
 * Deletes data whose retention time is over, in steps. Each step returns where the next one begins: after the rows that
 * it deleted. An index keeps entries of deleted rows for a while. Without that place, every step would walk through
 * them again.
 */
@Injectable()
export class RetentionRepository {
  constructor(
    private readonly database: Database,
    private readonly leases: LeaseRepository,
    private readonly calls: CallWriteRepository,
  ) {}

  /**
   * Deletes the oldest bodies that arrived before an instant.
   *
   * @param from `next` of the step before, or {@link FIRST_INSTANT}
   * @throws LeaseLostError
   */
  deleteBodies(from: string, before: Date, limit: number): Promise<RetentionStep> {
    return this.step(async (transaction) => {
      const values = [from, before, limit];
      const { rows } = await transaction.query<{ place: string; received_at: Date }>({
        ...DELETE_BODIES,
        values,
      });
      const last = rows.reduce((a, b) => (a.received_at > b.received_at ? a : b), rows[0] ?? NOWHERE);
      return { deleted: rows.length, revisions: 0, next: rows.length < limit ? undefined : last.place };
    });
  }

  /**
   * Deletes the calls whose last delivery is one of the oldest, with their revisions, notes and recordings. It takes the locks that
   * corrections take. So a concurrent correction is committed before, and the call stays, or it finds no row and writes
   * a new call.
   *
   * @param from `next` of the step before, or the nil UUID
   * @param before the first delivery whose calls stay
   * @throws LeaseLostError
   */
  deleteCalls(from: string, before: string, limit: number): Promise<RetentionStep> {
    return this.step(async (transaction) => {
      const values = [from, before, limit];
      const old = await transaction.query<{ call_id: string; delivery_id: string }>({ ...OLD_CALLS, values });
      const callIds = old.rows.map((row) => row.call_id);
      if (callIds.length === 0) return { deleted: 0, revisions: 0, next: undefined };
      await this.calls.lock(transaction, callIds);
      const gone = await transaction.query<{ call_id: string }>({
        ...DELETE_CALLS,
        values: [callIds, before],
      });
      const goneIds = gone.rows.map((row) => row.call_id);
      const revisions = await transaction.query({ ...DELETE_REVISIONS, values: [goneIds] });
      for (const statement of DELETE_MESSAGES) await transaction.query({ ...statement, values: [goneIds] });
      const next = callIds.length < limit ? undefined : old.rows.at(-1)?.delivery_id;
      return { deleted: goneIds.length, revisions: revisions.rows.length, next };
    });
  }

  /**
   * Deletes the notes or recordings whose last delivery is one of the oldest, and whose call is not in the ledger.
   *
   * @param from `next` of the step before, or the nil UUID
   * @param before the first delivery whose messages stay
   * @throws LeaseLostError
   */
  deleteOrphans(table: MessagesTable, from: string, before: string, limit: number): Promise<RetentionStep> {
    return this.step(async (transaction) => {
      const values = [from, before, limit];
      const old = await transaction.query<{ call_id: string; delivery_id: string }>({
        ...oldOrphans(table),
        values,
      });
      const callIds = old.rows.map((row) => row.call_id);
      if (callIds.length === 0) return { deleted: 0, revisions: 0, next: undefined };
      await this.calls.lock(transaction, callIds);
      const gone = await transaction.query<{ call_id: string }>({
        ...DELETE_ORPHANS[table],
        values: [callIds, before],
      });
      const goneIds = gone.rows.map((row) => row.call_id);
      const message = table === 'call_notes' ? 'note' : 'recording';
      const revisions = await transaction.query({ ...DELETE_ORPHAN_REVISIONS, values: [goneIds, message] });
      const next = callIds.length < limit ? undefined : old.rows.at(-1)?.delivery_id;
      return { deleted: goneIds.length, revisions: revisions.rows.length, next };
    });
  }

  /**
   * Deletes entries of the quarantine that first arrived before `before`. Open entries must also have come last before
   * `instant`. Resolved entries must also have been resolved before `instant`.
   *
   * @param from `next` of the step before, or the nil UUID
   * @throws LeaseLostError
   */
  deleteEntries(
    status: 'open' | 'replayed' | 'discarded',
    from: string,
    before: string,
    limit: number,
    instant: Date,
  ): Promise<RetentionStep> {
    return this.step(async (transaction) => {
      const statement = status === 'open' ? DELETE_OPEN : DELETE_RESOLVED;
      const values = [status, from, before, limit, instant];
      const { rows } = await transaction.query<{ place: string }>({ ...statement, values });
      const places = rows.map(({ place }) => place).sort();
      return { deleted: rows.length, revisions: 0, next: rows.length < limit ? undefined : places.at(-1) };
    });
  }

  /**
   * Counts the open entries of the quarantine that arrived before an instant.
   *
   * @param before the smallest id of that instant
   */
  async countOpen(before: string, instant: Date): Promise<number> {
    const [row] = await this.database.query<{ count: number }>({ ...COUNT_OPEN, values: [before, instant] });
    return row?.count ?? 0;
  }

  private step(work: (transaction: Transaction) => Promise<RetentionStep>): Promise<RetentionStep> {
    return this.database.transaction(async (transaction) => {
      await this.leases.renew(transaction.manager, RETENTION);
      return work(transaction);
    });
  }
}

const NOWHERE = { place: FIRST_INSTANT, received_at: new Date(0) };

/** Counts of what a run deleted. */
export interface Retained {
  bodies: number;
  calls: number;
  revisions: number;
  /** Notes and recordings whose call never came. Those of deleted calls are not counted. */
  orphans: number;
  resolvedEntries: number;
  openEntries: number;
}
