// `npm run migrate [-- --grant-to <role>]`: brings the schema of the configured database to its newest, lets a role run the
// service on it, and ends.
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { readSettings } from '../config/read-settings.js';
import { postgresUrl } from '../config/setting-values.js';
import { errorText } from '../errors.js';
import { dataSourceOptions } from './data-source-options.js';
import { EmbeddedPostgres } from './embedded/embedded-postgres.js';
import { grantTo } from './grants.js';
import { migrate } from './migrator.js';

function embeddedServer(): EmbeddedPostgres {
  const settings = readSettings(process.env, process.stdout.isTTY);
  return new EmbeddedPostgres({
    dataDirectory: settings.dataDir,
    password: settings.databasePassword,
    log: (_level, message) => {
      console.error(message);
    },
  });
}

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { 'grant-to': { type: 'string' } } });
  const role = values['grant-to'];
  const external = process.env['DATABASE_URL']?.trim() ?? '';
  const embedded = external === '' ? embeddedServer() : undefined;
  try {
    // Whoever may change the schema needs no token and no key of the service.
    const url = (await embedded?.start()) ?? postgresUrl(external);
    const dataSource = new DataSource(
      dataSourceOptions(url, 2, (error) => {
        console.error(error.message);
      }),
    );
    await dataSource.initialize();
    try {
      const done = await migrate(dataSource);
      console.log(done.length === 0 ? 'The schema is up to date.' : `Migrated: ${done.join(', ')}`);
      if (role !== undefined) {
        await grantTo(dataSource, role);
        console.log(`The service can run as the role ${role}.`);
      }
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await embedded?.stop();
  }
}

try {
  await run();
} catch (error) {
  console.error(errorText(error));
  process.exitCode = 1;
}
