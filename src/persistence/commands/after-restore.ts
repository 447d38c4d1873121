// `npm run after-restore`: run it once on a ledger that was restored to an earlier moment, before the service starts.
import 'reflect-metadata';
import { errorText } from '../../errors.js';
import { withOwnDatabase } from './own-database.js';
import type { DataSource } from 'typeorm';
import { LEDGER_LOCKS, POSITION_LOCK } from '../schema/advisory-locks.js';

/** The last position that the ledger gave out, before and after the command. */
interface FeedPositions {
  readonly before: number;
  readonly after: number;
}

/**
 * Makes the positions of the change feed go on after every position that was ever given out. Clients of the feed may
 * know positions that the ledger gave out after the moment to which it was restored. If it gave them out a second time,
 * these clients would miss the new changes there. So the positions go on at the current time, in steps of 10 µs since
 * 1970. That is beyond all positions as long as there are fewer than 100,000 deliveries a second, however often the
 * ledger is restored. The positions stay below the limit of a cursor until the year 2773.
 *
 * @param dataSource of the role that owns the tables; services may run meanwhile
 */
async function skipUsedPositions(dataSource: DataSource): Promise<FeedPositions> {
  return dataSource.transaction(async (manager) => {
    await manager.query(`SELECT pg_advisory_xact_lock(${LEDGER_LOCKS}, ${POSITION_LOCK})`);
    const [row] = await manager.query<{ before: string; after: string }[]>(
      `SELECT last_value AS before, setval('delivery_positions',
          greatest(last_value, (extract(epoch FROM clock_timestamp()) * 100000)::bigint)) AS after
        FROM delivery_positions`,
    );
    return { before: Number(row?.before), after: Number(row?.after) };
  });
}

try {
  await withOwnDatabase(async (dataSource) => {
    const { before, after } = await skipUsedPositions(dataSource);
    console.log(
      `The positions of the change feed now go on after ${after}, not after ${before}. Old cursors miss no new change.`,
    );
  });
} catch (error) {
  console.error(errorText(error));
  process.exitCode = 1;
}
