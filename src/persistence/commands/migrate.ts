// `npm run migrate [-- --grant-to <role>]`: brings the schema of the configured database to its newest version. With
// `--grant-to`, it also lets a role run the service on it.
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { distributionOf } from '../../config/setting-values.js';
import type { Distribution } from '../../config/settings.js';
import { errorText } from '../../errors.js';
import { grantTo } from '../schema/grants.js';
import { migrate } from '../schema/migrator.js';
import { withOwnDatabase } from './own-database.js';

/** @throws Error that names the setting, if its value is wrong */
function wishedDistribution(): Distribution | undefined {
  const text = process.env['DATABASE_DISTRIBUTED']?.trim() ?? '';
  try {
    return text === '' ? undefined : distributionOf(text);
  } catch (error) {
    throw new Error('DATABASE_DISTRIBUTED cannot be used', { cause: error });
  }
}

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { 'grant-to': { type: 'string' } } });
  const role = values['grant-to'];
  const distribution = wishedDistribution();
  await withOwnDatabase(async (dataSource) => {
    const done = await migrate(dataSource, distribution);
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
