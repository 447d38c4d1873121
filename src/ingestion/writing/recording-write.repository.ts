import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../persistence/connections/statement.js';
import { ClusterNodes } from '../../persistence/schema/distribution/cluster-nodes.js';
import type { RecordingState } from './call-state.js';
import { type ArrayColumn, arrays, instantColumn, unnest } from './column-arrays.js';
import { type RecordingRow, RECORDINGS, URL_LIFE_MS } from './message-columns.js';
import { MessageWriteRepository } from './message-write.repository.js';

const URL_COLUMNS: readonly ArrayColumn<RecordingState>[] = [
  { name: 'call_id', type: 'text', value: (row) => row.callId },
  { name: 'content_hash', type: 'bytea', value: (row) => Buffer.from(row.contentHash, 'hex') },
  { name: 'record_file', type: 'text', value: ({ record }) => record.recordFile },
  instantColumn('announced_at', (row) => row.lastReceivedAt),
  instantColumn('expires_at', (row) => row.lastReceivedAt + URL_LIFE_MS),
];
const IS_OVER = "r.state IN ('failed', 'expired')";
const CHANGE = `$${URL_COLUMNS.length + 1}::uuid`;
const RENEW_URLS = {
  name: 'renew-recording-urls',
  text: `UPDATE call_recordings r SET record_file = t.record_file, announced_at = t.announced_at,
      expires_at = t.expires_at,
      state = CASE WHEN ${IS_OVER} THEN 'announced' ELSE r.state END,
      next_try_at = CASE WHEN ${IS_OVER} THEN t.announced_at ELSE r.next_try_at END,
      change_delivery_id = CASE WHEN ${IS_OVER} THEN ${CHANGE} ELSE r.change_delivery_id END
    FROM ${unnest(URL_COLUMNS, 't')}
    WHERE r.call_id = t.call_id AND r.content_hash = t.content_hash AND r.announced_at < t.announced_at
    RETURNING r.call_id, coalesce(r.change_delivery_id = ${CHANGE}, false) AS is_announced_again`,
};

/** Writes `call_recordings` and the history of recordings. */
@Injectable()
export class RecordingWriteRepository extends MessageWriteRepository<RecordingState, RecordingRow> {
  constructor(nodes: ClusterNodes) {
    super(nodes, RECORDINGS);
  }

  /**
   * Takes over the newest signatures of URLs whose content came again.
   *
   * @param states oldest delivery first
   * @param deliveryId the delivery that tells changes of states
   * @returns the callIds of the recordings that had failed or expired, and are announced again
   */
  async renewUrls(
    transaction: Transaction,
    states: readonly RecordingState[],
    deliveryId: string,
  ): Promise<readonly string[]> {
    const newest = new Map(states.map((state) => [`${state.callId} ${state.contentHash}`, state]));
    const values = [...arrays(URL_COLUMNS, [...newest.values()]), deliveryId];
    const { rows } = await transaction.query<{ call_id: string; is_announced_again: boolean }>({
      ...RENEW_URLS,
      values,
    });
    return rows.filter((row) => row.is_announced_again).map((row) => row.call_id);
  }
}
