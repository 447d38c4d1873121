// `npm run after-restore`: to be run once on a ledger that was brought back to an earlier moment, before the service is started.
import 'reflect-metadata';
import { errorText } from '../../errors.js';
import { withOwnDatabase } from './own-database.js';
import type { DataSource } from 'typeorm';
import { LEDGER_LOCKS, POSITION_LOCK } from '../schema/advisory-locks.js';

/** The last position handed out, before and after. */
interface FeedPositions {
  readonly before: number;
  readonly after: number;
}

/**
 * Positions that came after the moment to which a ledger was restored are known to those who follow its feed, and would be
 * handed out a second time: whoever is past them would never hear of what gets them then. So they go on at the time of day, in
 * steps of 10 µs since 1970: beyond all that was handed out at fewer than 100,000 deliveries a second, however often the
 * ledger is restored. They stay below what a cursor may hold until the year 2773.
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
      `The positions of the change feed go on after ${after}, not after ${before}: old cursors miss nothing new.`,
    );
  });
} catch (error) {
  console.error(errorText(error));
  process.exitCode = 1;
}
