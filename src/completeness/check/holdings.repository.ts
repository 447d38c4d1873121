import { Injectable } from '@nestjs/common';
import { Database } from '../../persistence/connections/database.js';
import { EPOCH_TIMES } from '../../persistence/sql/value-parsers.js';
import { type ErasureRow, ForbiddenCalls } from './forbidden-calls.js';

/** A call that the ledger has. Times are in epoch milliseconds. */
export interface HeldCall {
  readonly callId: string;
  readonly detailId: string | null;
  readonly source: string;
  readonly pulled: boolean;
  readonly originateTime: number | null;
  readonly lastReceivedAt: number;
}

const COLUMNS = `call_id AS "callId", detail_id AS "detailId", source, pulled, originate_time AS "originateTime",
  last_received_at AS "lastReceivedAt"`;
const BY_CALL = {
  name: 'held-calls',
  text: `SELECT ${COLUMNS} FROM calls WHERE call_id = ANY($1)`,
  types: EPOCH_TIMES,
};
const BY_DETAIL = {
  name: 'held-details',
  text: `SELECT ${COLUMNS} FROM calls WHERE detail_id = ANY($2) AND task_id = $1`,
  types: EPOCH_TIMES,
};
const ERASED = {
  name: 'held-erased-calls',
  text: 'SELECT DISTINCT call_id FROM erased_calls WHERE call_id = ANY($1)',
};
const HAS_ERASED = { name: 'has-erased-calls', text: 'SELECT 1 AS one FROM erased_calls LIMIT 1' };
const ERASURES = {
  name: 'erased-number-hashes',
  text: `SELECT encode(e.number_hash, 'hex') AS hash, max(e.requested_at) AS "requestedAt", s.value AS secret
    FROM erasures e JOIN secrets s ON s.name = 'numbers' GROUP BY e.number_hash, s.value`,
  types: EPOCH_TIMES,
};

/** Finds out what the ledger has of the vendor's entries. It reads the primary, because a repair depends on it. */
@Injectable()
export class HoldingsRepository {
  constructor(private readonly database: Database) {}

  /** The calls with these ids that the ledger has, by id. */
  async withCallIds(callIds: readonly string[]): Promise<ReadonlyMap<string, HeldCall>> {
    if (callIds.length === 0) return new Map();
    const rows = await this.database.query<HeldCall>({ ...BY_CALL, values: [callIds] });
    return new Map(rows.map((row) => [row.callId, row]));
  }

  /** The calls of these entries, by the id of the entry. */
  async withDetailIds(
    taskId: string,
    detailIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly HeldCall[]>> {
    if (detailIds.length === 0) return new Map();
    const rows = await this.database.query<HeldCall>({ ...BY_DETAIL, values: [taskId, detailIds] });
    const byDetail = new Map<string, HeldCall[]>();
    for (const row of rows) {
      const calls = byDetail.get(row.detailId ?? '') ?? [];
      byDetail.set(row.detailId ?? '', [...calls, row]);
    }
    return byDetail;
  }

  /** Those of the calls that an erasure has deleted. */
  async erasedAmong(callIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (callIds.length === 0) return new Set();
    const rows = await this.database.query<{ call_id: string }>({ ...ERASED, values: [callIds] });
    return new Set(rows.map((row) => row.call_id));
  }

  /** Whether an erasure has ever deleted a call. */
  async hasErased(): Promise<boolean> {
    return (await this.database.query(HAS_ERASED)).length > 0;
  }

  /** @param retentionDays how long calls are kept; 0: for ever */
  async forbiddenCalls(retentionDays: number): Promise<ForbiddenCalls> {
    return new ForbiddenCalls(await this.database.query<ErasureRow>(ERASURES), retentionDays);
  }
}
