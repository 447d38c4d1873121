// `npm run migrate`: brings the schema of the configured database to its newest, and ends.
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readSettings } from '../config/read-settings.js';
import { errorText } from '../errors.js';
import { dataSourceOptions } from './data-source-options.js';
import { EmbeddedPostgres } from './embedded/embedded-postgres.js';
import { migrate } from './migrator.js';

async function run(): Promise<void> {
  const settings = readSettings(process.env, process.stdout.isTTY);
  const embedded =
    settings.databaseUrl === undefined
      ? new EmbeddedPostgres({
          dataDirectory: settings.dataDir,
          password: settings.databasePassword,
          log: (_level, message) => {
            console.error(message);
          },
        })
      : undefined;
  try {
    const url = settings.databaseUrl ?? (await embedded?.start());
    const dataSource = new DataSource(
      dataSourceOptions(url, 2, (error) => {
        console.error(error.message);
      }),
    );
    await dataSource.initialize();
    try {
      const done = await migrate(dataSource);
      console.log(done.length === 0 ? 'The schema is up to date.' : `Migrated: ${done.join(', ')}`);
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
