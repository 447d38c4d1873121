// For commands that an operator runs: connects to the configured database, and starts the embedded server for that time
// if it is used.
import { DataSource } from 'typeorm';
import { readSettings } from '../../config/read-settings.js';
import { postgresUrl } from '../../config/setting-values.js';
import { dataSourceOptions } from '../connections/data-source-options.js';
import { embeddedServer, type EmbeddedServer } from '../connections/embedded-server.js';

/**
 * Runs work on the database of DATABASE_URL or, without that setting, on the embedded one of DATA_DIR.
 *
 * @throws Error if the database can't be used, for example because a service runs on the embedded one
 */
export async function withOwnDatabase(work: (dataSource: DataSource) => Promise<void>): Promise<void> {
  const external = process.env['DATABASE_URL']?.trim() ?? '';
  const embedded = external === '' ? configuredServer() : undefined;
  try {
    // With DATABASE_URL, the other settings are not read: this command needs no push token and no API key.
    const url = (await embedded?.start()) ?? urlOf(external);
    const dataSource = new DataSource(
      dataSourceOptions(url, 2, (error) => {
        console.error(error.message);
      }),
    );
    try {
      await dataSource.initialize();
    } catch (error) {
      throw new Error('The database cannot be used', { cause: error });
    }
    try {
      await work(dataSource);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await embedded?.stop();
  }
}

function configuredServer(): EmbeddedServer {
  const settings = readSettings(process.env, process.stdout.isTTY);
  if (settings.credentialsNotice !== undefined) console.error(settings.credentialsNotice);
  return embeddedServer(settings.dataDir, settings.databasePassword);
}

/** @throws Error that names the setting, if its value is wrong */
function urlOf(text: string): string {
  try {
    return postgresUrl(text);
  } catch (error) {
    throw new Error('DATABASE_URL cannot be used', { cause: error });
  }
}
