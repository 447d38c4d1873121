// `npm run compact`: makes the indexes of the ledger as small as they can be.
import 'reflect-metadata';
import { errorText } from '../../errors.js';
import { compactIndexes } from './index-compaction.js';
import { withOwnDatabase } from './own-database.js';

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

try {
  await withOwnDatabase(async (dataSource) => {
    let [before, after] = [0, 0];
    await compactIndexes(dataSource, (index) => {
      before += index.before;
      after += index.after;
      console.log(`${index.name}: ${megabytes(index.before)}, now ${megabytes(index.after)}`);
    });
    if (before === 0) console.log('No index is larger than 1 MB. There is nothing to do.');
    else console.log(`All indexes together: ${megabytes(before)}, now ${megabytes(after)}`);
  });
} catch (error) {
  console.error(errorText(error));
  process.exitCode = 1;
}
