// `npm run after-restore`: to be run once on a ledger that was brought back to an earlier moment, before the service is started.
import 'reflect-metadata';
import { errorText } from '../errors.js';
import { skipUsedPositions } from './feed-positions.js';
import { withOwnDatabase } from './own-database.js';

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
