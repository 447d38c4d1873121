// The secrets that the service makes for itself when it runs with its embedded database.
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errors.js';

/** What `DATA_DIR/credentials.json` holds (file mode 0600). */
export interface Credentials {
  /** Written as in PUSH_TOKENS. */
  readonly pushTokens: string;
  readonly adminApiKey: string;
  readonly databasePassword: string;
}

/** Where the generated credentials of a data directory are kept. */
export function credentialsFile(dataDir: string): string {
  return join(dataDir, 'credentials.json');
}

/**
 * Reads the credentials of a data directory, or makes them (and the directory, mode 0700) at the first start.
 * Two processes that start at once end with the same ones: a hard link is made by one of them only.
 *
 * @throws Error when the file can't be read or written, or does not hold credentials.
 */
export function loadCredentials(dataDir: string): Credentials {
  const file = credentialsFile(dataDir);
  try {
    return readCredentials(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(generateCredentials(), null, 2)}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readCredentials(file);
}

function generateCredentials(): Credentials {
  const secret = () => randomBytes(32).toString('base64url');
  return { pushTokens: `vendor=${secret()}`, adminApiKey: secret(), databasePassword: secret() };
}

function readCredentials(file: string): Credentials {
  const text = readFileSync(file, 'utf8');
  const problem = `${file} does not hold the generated credentials; put it back, or remove it to have new ones made`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and the text is secret.
    throw new Error(problem);
  }
  if (typeof value !== 'object' || value === null) throw new Error(problem);
  const { pushTokens, adminApiKey, databasePassword } = value as Record<string, unknown>;
  if (
    typeof pushTokens !== 'string' ||
    typeof adminApiKey !== 'string' ||
    typeof databasePassword !== 'string'
  ) {
    throw new Error(problem);
  }
  return { pushTokens, adminApiKey, databasePassword };
}
