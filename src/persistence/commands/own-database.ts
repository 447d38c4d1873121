// For programs that an operator runs: a work in, done on the configured database, which is started for it when it is embedded.
import { DataSource } from 'typeorm';
import { readSettings } from '../../config/read-settings.js';
import { postgresUrl } from '../../config/setting-values.js';
import { dataSourceOptions } from '../connections/data-source-options.js';
import { embeddedServer, type EmbeddedServer } from '../connections/embedded-server.js';

/**
 * @param work on the database of DATABASE_URL, else on the embedded one of DATA_DIR
 * @throws Error also when a service runs on the embedded database
 */
export async function withOwnDatabase(work: (dataSource: DataSource) => Promise<void>): Promise<void> {
  const external = process.env['DATABASE_URL']?.trim() ?? '';
  const embedded = external === '' ? configuredServer() : undefined;
  try {
    // Whoever may change the schema needs no token and no key of the service.
    const url = (await embedded?.start()) ?? urlOf(external);
    const dataSource = new DataSource(
      dataSourceOptions(url, 2, (error) => {
        console.error(error.message);
      }),
    );
    try {
      await dataSource.initialize();
    } catch (error) {
      throw new Error('The database can not be used', { cause: error });
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

/** @throws Error that names the setting */
function urlOf(text: string): string {
  try {
    return postgresUrl(text);
  } catch (error) {
    throw new Error('DATABASE_URL can not be used', { cause: error });
  }
}
