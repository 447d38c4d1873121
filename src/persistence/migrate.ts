// `npm run migrate [-- --grant-to <role>]`: brings the schema of the configured database to its newest, lets a role run the
// service on it, and ends.
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { errorText } from '../errors.js';
import { grantTo } from './grants.js';
import { migrate } from './migrator.js';
import { withOwnDatabase } from './own-database.js';

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { 'grant-to': { type: 'string' } } });
  const role = values['grant-to'];
  await withOwnDatabase(async (dataSource) => {
    const done = await migrate(dataSource);
    console.log(done.length === 0 ? 'The schema is up to date.' : `Migrated: ${done.join(', ')}`);
    if (role === undefined) return;
    await grantTo(dataSource, role);
    console.log(`The service can run as the role ${role}.`);
  });
}

try {
  await run();
} catch (error) {
  console.error(errorText(error));
  process.exitCode = 1;
}
