import { v7 as uuidv7 } from 'uuid';
import type { TestDatabase } from '../../support/database.js';

/** Erases calls as the ledger does: in one transaction, the delivery with its position last. */
export async function eraseCalls(
  database: Pick<TestDatabase, 'query'>,
  callIds: readonly string[],
): Promise<string> {
  const id = uuidv7();
  await database.query(
    `DO $$ BEGIN
      WITH gone AS (DELETE FROM calls WHERE call_id IN (${callIds.map(quoted).join(', ')}) RETURNING call_id, source)
        INSERT INTO erased_calls (delivery_id, call_id, sources, requested_at)
          SELECT '${id}', call_id, ARRAY[source], now() FROM gone;
      INSERT INTO deliveries (position, id, received_at, bytes, records, stored, corrected, duplicate, quarantined, ack_ms,
          source, via, sha256)
        VALUES (next_delivery_position(), '${id}', now(), 0, 0, 0, 0, 0, 0, 0, 'erasure', 'erasure', '');
    END $$`,
  );
  return id;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
