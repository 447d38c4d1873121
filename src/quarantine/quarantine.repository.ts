// The reads of the quarantine.
import { Injectable } from '@nestjs/common';
import { Database } from '../persistence/database.js';
import { SqlConditions } from '../persistence/sql-conditions.js';

export interface QuarantineRow {
  readonly id: string;
  readonly received_at: Date;
  readonly source: string;
  readonly delivery_id: string;
  readonly place: string;
  readonly reason: string;
  readonly raw: Buffer;
  readonly status: string;
}

const COLUMNS = 'id, received_at, source, delivery_id, place, reason, raw, status';
/** Whole bodies are among the entries: a page ends early where they grow large. */
const LARGEST_PAGE_BYTES = 16 * 1024 * 1024;

@Injectable()
export class QuarantineRepository {
  constructor(private readonly database: Database) {}

  /** The entries before one, the newest first: ids are in the order of arrival. */
  async list(
    filter: {
      readonly status?: readonly string[] | undefined;
      readonly source?: readonly string[] | undefined;
    },
    before: string,
    limit: number,
  ): Promise<{ rows: QuarantineRow[]; endsEarly: boolean }> {
    const sql = new SqlConditions();
    sql.oneOf('status', filter.status);
    sql.oneOf('source', filter.source);
    sql.add(`id < ${sql.parameter(before)}`);
    const size = 'octet_length(raw)';
    const text = `SELECT ${COLUMNS}, found::int FROM (
        SELECT *, sum(${size}) OVER (ORDER BY id DESC) - ${size} AS size_before, count(*) OVER () AS found
        FROM (SELECT * FROM quarantine ${sql.where} ORDER BY id DESC LIMIT ${sql.parameter(limit)}) AS page
      ) AS sized WHERE size_before < ${LARGEST_PAGE_BYTES} ORDER BY id DESC`;
    const rows = await this.database.read<QuarantineRow & { found: number }>({ text, values: sql.values });
    return { rows, endsEarly: rows.length < (rows[0]?.found ?? 0) };
  }

  async find(id: string): Promise<QuarantineRow | undefined> {
    const text = `SELECT ${COLUMNS} FROM quarantine WHERE id = $1`;
    const [row] = await this.database.read<QuarantineRow>({ name: 'find-quarantined', text, values: [id] });
    return row;
  }
}
