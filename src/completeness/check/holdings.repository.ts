import { Injectable } from '@nestjs/common';
import { eachCore } from '../../numbers/number-search.js';
import { hasherOf } from '../../numbers/number-secrets.js';
import { Database } from '../../persistence/connections/database.js';
import { EPOCH_TIMES } from '../../persistence/sql/value-parsers.js';

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

  /** The numbers whose erasure was requested. */
  async erasedNumbers(): Promise<ErasedNumbers> {
    const rows = await this.database.query<ErasureRow>(ERASURES);
    return new ErasedNumbers(rows);
  }
}

interface ErasureRow {
  readonly hash: string;
  /** Epoch milliseconds. */
  readonly requestedAt: number;
  readonly secret: Buffer;
}

/** The numbers that were erased, as keyed hashes with the times of their erasures. */
export class ErasedNumbers {
  private readonly requestedAt: ReadonlyMap<string, number>;
  private readonly hashOf: ((core: string) => Buffer) | undefined;

  constructor(rows: readonly ErasureRow[]) {
    this.requestedAt = new Map(rows.map(({ hash, requestedAt }) => [hash, requestedAt]));
    const [first] = rows;
    this.hashOf = first === undefined ? undefined : hasherOf(first.secret);
  }

  /**
   * Whether a text holds a number whose erasure was requested after the call. Such a call must not come back, even if the
   * ledger never had it.
   *
   * @param at when the call took place, in epoch milliseconds; null: not known, so that every erasure counts
   */
  areIn(text: string, at: number | null): boolean {
    const { hashOf } = this;
    if (hashOf === undefined) return false;
    const cores: string[] = [];
    const looking = eachCore(text, (core) => cores.push(core));
    while (looking.next().done !== true);
    return cores.some((core) => {
      const requestedAt = this.requestedAt.get(hashOf(core).toString('hex'));
      return requestedAt !== undefined && (at === null || at <= requestedAt);
    });
  }
}
