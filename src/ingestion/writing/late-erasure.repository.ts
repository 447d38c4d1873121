// Handles deliveries that were received before an erasure and are written after it. Their records of erased calls
// change nothing. If such a delivery contains the erased number, the erasure is restarted.
//
// No delivery escapes, for these reasons. An erasure begins its search only after all transactions have ended that may
// not have seen its request. Every later transaction that writes an earlier delivery checks the erasures here, after it
// has begun to write. A push may wait for any time, in memory, in the journal of a frozen or ended process, or in the
// quarantine. Either it was committed before the search, or it is found here. The check compares hashes, which are kept
// when the number itself is not.
import { Injectable } from '@nestjs/common';
import { sealedNumber } from '../../numbers/number-secrets.js';
import type { Statement, Transaction } from '../../persistence/connections/statement.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import type { Delivery } from '../delivery.js';
import { recordKey, type Standing } from './call-state.js';
import { type RequestedErasure, type LateNumbers, UnexaminedError } from './late-numbers.js';

const ASKED_SINCE = {
  name: 'erasures-since',
  text: `SELECT e.id, e.number_hash, e.requested_at, s.value AS secret
    FROM erasures e JOIN secrets s ON s.name = 'numbers'
    WHERE e.requested_at >= to_timestamp($1 / 1000.0) ORDER BY e.id`,
};
const BEGIN_ANEW = {
  name: 'begin-erasure-anew',
  text: `UPDATE erasures SET again = true, status = CASE status WHEN 'done' THEN 'pending' ELSE status END,
      finished_at = NULL, next_try_at = now(), sealed_number = $2, journal_entries = journal_entries + $3
    WHERE id = $1`,
};

const ERASED_SINCE = {
  name: 'calls-erased-since',
  text: `SELECT t.delivery_id, t.call_id
    FROM (SELECT unnest($1::uuid[]) AS delivery_id, unnest($2::text[]) AS call_id, unnest($3::bigint[]) AS received_at) AS t
    WHERE EXISTS (SELECT 1 FROM erased_calls e
      WHERE e.call_id = t.call_id AND e.requested_at >= to_timestamp(t.received_at / 1000.0))`,
};

const ERASED = {
  name: 'calls-erased',
  text: 'SELECT DISTINCT call_id FROM erased_calls WHERE call_id = ANY($1)',
};
// The calls may be on other nodes than the erasures, so they are asked for by themselves.
const REPORTED = { name: 'calls-reported', text: 'SELECT call_id FROM calls WHERE call_id = ANY($1)' };

/** Finds out whether an erasure concerns what is being written. */
@Injectable()
export class LateErasureRepository {
  constructor(private readonly nodes: ClusterNodes) {}

  /**
   * Finds records that were received before the erasure of their call was requested.
   *
   * @param states the records, as the results of `firstState`
   * @returns their {@link recordKey}s
   */
  async erasedSince(transaction: Transaction, states: readonly Standing[]): Promise<ReadonlySet<string>> {
    const values = [
      states.map(({ deliveryId }) => deliveryId),
      states.map(({ callId }) => callId),
      states.map(({ lastReceivedAt }) => lastReceivedAt),
    ];
    const { rows } = await transaction.query<{ delivery_id: string; call_id: string }>({
      ...ERASED_SINCE,
      values,
    });
    return new Set(rows.map((row) => recordKey({ deliveryId: row.delivery_id, callId: row.call_id })));
  }

  /** Returns the given calls that were erased, and of which no report has come since. */
  async erasedWithoutReport(
    transaction: Transaction,
    callIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const idsOf = async (statement: Statement, ids: readonly string[]) => {
      const { rows } = await transaction.query<{ call_id: string }>({ ...statement, values: [ids] });
      return rows.map((row) => row.call_id);
    };
    const erased = await idsOf(ERASED, callIds);
    if (erased.length === 0) return new Set();
    await this.nodes.awaitCommits(transaction);
    const reported = new Set(await idsOf(REPORTED, erased));
    return new Set(erased.filter((callId) => !reported.has(callId)));
  }

  /**
   * Restarts every erasure whose number occurs in one of these deliveries. Call this after the transaction has written
   * something: only then does an erasure that is not visible here wait for this transaction.
   *
   * @param numbers the numbers that were found in the deliveries
   * @throws UnexaminedError when a delivery must first be searched for numbers, outside of the transaction
   */
  async noteLate(
    transaction: Transaction,
    deliveries: readonly Delivery[],
    numbers: LateNumbers,
  ): Promise<void> {
    const oldest = Math.min(...deliveries.map(({ receivedAt }) => receivedAt));
    const { rows: erasures } = await transaction.query<RequestedErasure>({
      ...ASKED_SINCE,
      values: [oldest],
    });
    const unexamined = deliveries.filter((delivery) => !numbers.isExamined(delivery, erasures));
    if (unexamined.length > 0) throw new UnexaminedError(unexamined, erasures);
    for (const erasure of erasures) {
      const holders = deliveries.filter((delivery) => numbers.coreIn(delivery, erasure) !== undefined);
      const [first] = holders;
      const core = first === undefined ? undefined : numbers.coreIn(first, erasure);
      if (core === undefined) continue;
      const journaled = holders.filter(({ via }) => via === 'journal').length;
      const values = [erasure.id, sealedNumber(erasure.secret, core), journaled];
      await transaction.query({ ...BEGIN_ANEW, values });
    }
  }
}
