import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Transaction } from '../persistence/connections/statement.js';
import { Database } from '../persistence/connections/database.js';
import { QuarantineEntry } from '../persistence/schema/entities/delivery.entities.js';
import { columnsOf, selectedColumns } from '../persistence/sql/entity-columns.js';
import { endsEarly, sizedPage, type SizedRow } from '../persistence/sql/sized-page.js';
import type { SqlConditions } from '../persistence/sql/sql-conditions.js';
import { ofVisibleSources, type Viewer, visibleTo } from '../security/visible-sources.js';

/** Filter for entries. Times are epoch milliseconds, and the range is half-open. */
export interface QuarantineFilter {
  readonly ids?: readonly string[] | undefined;
  readonly status?: readonly string[] | undefined;
  readonly source?: readonly string[] | undefined;
  readonly deliveryId?: readonly string[] | undefined;
  /** The whole text. */
  readonly reason?: string | undefined;
  readonly receivedFrom?: number | undefined;
  readonly receivedTo?: number | undefined;
}

/**
 * The place where a page begins: newest first before an entry, or oldest first after one. Ids are in the order of
 * arrival.
 */
export type Place = { readonly before: string } | { readonly after: string };

/** Entries with the same reason, of the same source. */
export interface EntryGroup {
  readonly reason: string;
  readonly source: string;
  readonly entries: number;
  readonly first: Date;
  readonly last: Date;
  /** The newest entry. */
  readonly id: string;
}

const DISCARD_ALL = {
  name: 'discard-entries',
  text: `UPDATE quarantine SET status = 'discarded', resolved_at = now()
    WHERE id = ANY($1::uuid[]) AND status = 'open' RETURNING id`,
};
const COLUMNS = selectedColumns(columnsOf(QuarantineEntry));
/** The highest number of entries that is counted. To count so many takes about 10 ms, with an index-only scan. */
export const MOST_COUNTED = 100_000;

/**
 * Reads the quarantine and discards entries. All reads use the primary. People work through the entries, and must see
 * at once what they have just done.
 */
@Injectable()
export class QuarantineRepository {
  constructor(private readonly database: Database) {}

  /** Counts the open entries, up to {@link MOST_COUNTED}. */
  async countOpen(): Promise<number> {
    const [row] = await this.database.read<{ open: number }>({
      text: `SELECT count(*)::int AS open
        FROM (SELECT FROM quarantine WHERE status = 'open' LIMIT ${MOST_COUNTED}) AS entries`,
    });
    return row?.open ?? 0;
  }

  /**
   * Lists entries. The page ends early if its entries are large, for example whole bodies. It is SQL because TypeORM
   * has no window functions.
   */
  async list(
    filter: QuarantineFilter,
    viewer: Viewer,
    place: Place,
    limit: number,
  ): Promise<{ entries: QuarantineEntry[]; endsEarly: boolean }> {
    const sql = conditionsOf(filter, viewer);
    if ('before' in place) sql.add(`id < ${sql.parameter(place.before)}`);
    else sql.add(`id > ${sql.parameter(place.after)}`);
    const sorted = `id ${'before' in place ? 'DESC' : 'ASC'}`;
    const page = `SELECT * FROM quarantine ${sql.where} ORDER BY ${sorted} LIMIT ${sql.parameter(limit)}`;
    const text = sizedPage(COLUMNS, page, 'octet_length(raw)', sorted);
    const entries = await this.database.read<QuarantineEntry & SizedRow>({ text, values: sql.values });
    return { entries, endsEarly: endsEarly(entries) };
  }

  /** Groups the newest entries by reason and source, the largest group first. It reads at most {@link MOST_COUNTED}. */
  groups(filter: QuarantineFilter, viewer: Viewer, limit: number): Promise<EntryGroup[]> {
    const sql = conditionsOf(filter, viewer);
    const text = `SELECT reason, source, count(*)::int AS entries, min(received_at) AS first, max(received_at) AS last,
        (array_agg(id ORDER BY id DESC))[1] AS id
      FROM (SELECT id, reason, source, received_at FROM quarantine ${sql.where} ORDER BY id DESC LIMIT ${MOST_COUNTED}) AS newest
      GROUP BY reason, source ORDER BY entries DESC, reason, source LIMIT ${sql.parameter(limit)}`;
    return this.database.read<EntryGroup & Record<string, unknown>>({ text, values: sql.values });
  }

  /** The ids of entries after one, oldest first. */
  async idsAfter(filter: QuarantineFilter, viewer: Viewer, after: string, limit: number): Promise<string[]> {
    const sql = conditionsOf(filter, viewer);
    sql.add(`id > ${sql.parameter(after)}`);
    const text = `SELECT id FROM quarantine ${sql.where} ORDER BY id LIMIT ${sql.parameter(limit)}`;
    return (await this.database.read<{ id: string }>({ text, values: sql.values })).map(({ id }) => id);
  }

  /** @returns the ids of those that were open and are discarded now */
  async discardAll(transaction: Transaction, ids: readonly string[]): Promise<string[]> {
    const { rows } = await transaction.query<{ id: string }>({ ...DISCARD_ALL, values: [ids] });
    return rows.map(({ id }) => id);
  }

  find(id: string, viewer: Viewer): Promise<QuarantineEntry | null> {
    return this.database.readEntities((manager) =>
      manager.findOneBy(QuarantineEntry, { id, ...ofVisibleSources(viewer) }),
    );
  }

  /** @returns whether the entry was open and is discarded now */
  async discard(manager: EntityManager, id: string, viewer: Viewer): Promise<boolean> {
    const open = { id, status: 'open', ...ofVisibleSources(viewer) };
    const discarded = { status: 'discarded', resolvedAt: () => 'now()' };
    return (await manager.update(QuarantineEntry, open, discarded)).affected === 1;
  }
}

function conditionsOf(filter: QuarantineFilter, viewer: Viewer): SqlConditions {
  const sql = visibleTo(viewer);
  if (filter.ids !== undefined) sql.add(`id = ANY(${sql.parameter(filter.ids)}::uuid[])`);
  if (filter.deliveryId !== undefined)
    sql.add(`delivery_id = ANY(${sql.parameter(filter.deliveryId)}::uuid[])`);
  sql.oneOf('status', filter.status);
  sql.oneOf('source', filter.source);
  if (filter.reason !== undefined) sql.oneOf('reason', [filter.reason]);
  sql.between('received_at', filter.receivedFrom, filter.receivedTo);
  return sql;
}
