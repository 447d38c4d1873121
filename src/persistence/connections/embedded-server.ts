import {
  EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '../../../embedded-postgres/embedded-postgres.js';

export type EmbeddedServer = EmbeddedPostgres;

/** Writes to the standard error, for commands that an operator runs. */
const TO_STANDARD_ERROR: EmbeddedPostgresOptions['log'] = (_level, message) => {
  console.error(message);
};

/**
 * The PostgreSQL that comes with the service. It runs from its `start()` to its `stop()`.
 *
 * @param dataDirectory absolute path of DATA_DIR
 * @param password of the database's superuser
 */
export function embeddedServer(
  dataDirectory: string,
  password: string,
  log = TO_STANDARD_ERROR,
): EmbeddedServer {
  return new EmbeddedPostgres({ dataDirectory, password, log });
}
