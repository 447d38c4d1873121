// What is received before an erasure and written after it. Its records of calls that were erased change nothing, and the
// erasure is restarted when the number itself is in it.
//
// Why none escapes. An erasure searches once every transaction has ended that might not have seen it, and from its
// request on every transaction that writes what was received before looks here, after it has begun to write. However
// long a push waited, in memory, in the journal of a process that is frozen or gone, in the quarantine: either it was
// committed before the search, or it is found here, by the hash that is kept when the number is not any more.
import { Injectable } from '@nestjs/common';
import { sealedNumber } from '../../numbers/number-secrets.js';
import type { Transaction } from '../../persistence/connections/statement.js';
import type { Delivery } from '../delivery.js';
import { type CallState, recordKey } from './call-state.js';
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

@Injectable()
export class LateErasureRepository {
  /**
   * The records whose call was erased by a request that came after they had been received.
   *
   * @param states first states
   * @returns their {@link recordKey}s
   */
  async erasedSince(transaction: Transaction, states: readonly CallState[]): Promise<ReadonlySet<string>> {
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

  /**
   * Restarts the erasures whose numbers are in these deliveries. To be called after the transaction has written something: only
   * then does an erasure that is not seen here wait for it.
   *
   * @param numbers that were found in them
   * @throws UnexaminedError when a number has to be looked for first, outside of the transaction
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
