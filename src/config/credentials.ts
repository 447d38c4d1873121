// The secrets that the service generates when it runs with its embedded database.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createFile, makeFolder } from '../../platform/durable-files.js';
import { errorCode } from '../../platform/error-code.js';
import { adminApiKey, pushTokens } from './setting-values.js';

/** What `DATA_DIR/credentials.json` holds (file mode 0600). */
export interface Credentials {
  /** In the form of PUSH_TOKENS. */
  readonly pushTokens: string;
  readonly adminApiKey: string;
  readonly databasePassword: string;
}

export interface LoadedCredentials extends Credentials {
  /**
   * The credentials of an existing ledger that had to be generated again, and why. Undefined if there were none.
   */
  readonly renewal: Renewal | undefined;
}

export interface Renewal {
  /** A sentence that says what was wrong with the file. */
  readonly reason: string;
  readonly renewed: readonly (keyof Credentials)[];
}

const NAMES = ['pushTokens', 'adminApiKey', 'databasePassword'] as const;
/** Throws if a credential can't be used. */
const CHECKS: Readonly<Record<keyof Credentials, (text: string) => unknown>> = {
  pushTokens,
  adminApiKey,
  databasePassword: (text) => text,
};

/** The path of the file that keeps the generated credentials of a data directory. */
export function credentialsFile(dataDir: string): string {
  return join(dataDir, 'credentials.json');
}

/**
 * Reads the credentials of a data directory, or generates them (and makes the directory, mode 0700). When this
 * returns, they are on the disk. Two processes that start at the same time get the same ones.
 *
 * A lost or broken file does not lock anybody out of the ledger: credentials that can't be read from it are
 * generated again. The broken file is kept beside the new one.
 *
 * @throws Error when the file can't be read or written
 */
export function loadCredentials(dataDir: string): LoadedCredentials {
  makeFolder(dataDir);
  const file = credentialsFile(dataDir);
  for (;;) {
    const text = contentOf(file);
    const whole = text === undefined ? undefined : readWhole(text);
    if (whole !== undefined) return { ...whole, renewal: undefined };
    const found = text === undefined ? {} : readable(text);
    const kept = text === undefined ? undefined : putAside(file, text);
    const made = { ...generateCredentials(), ...found };
    // If the file exists already, another process was faster. The next round reads its credentials.
    if (createFile(file, `${JSON.stringify(made, null, 2)}\n`))
      return { ...made, renewal: renewalOf(dataDir, text, found, kept) };
  }
}

function renewalOf(
  dataDir: string,
  text: string | undefined,
  found: Partial<Credentials>,
  kept: string | undefined,
): Renewal | undefined {
  const isFirstStart = text === undefined && !existsSync(join(dataDir, 'postgres'));
  if (isFirstStart) return undefined;
  const file = credentialsFile(dataDir);
  const damage =
    text === undefined ? 'was missing' : text.trim() === '' ? 'was empty' : 'could not be read completely';
  const reason = `${file} ${damage}${kept === undefined ? '' : `; it is kept as ${kept}`}.`;
  return { reason, renewed: NAMES.filter((name) => found[name] === undefined) };
}

function generateCredentials(): Credentials {
  const secret = () => randomBytes(32).toString('base64url');
  return { pushTokens: `vendor=${secret()}`, adminApiKey: secret(), databasePassword: secret() };
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function readWhole(text: string): Credentials | undefined {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { pushTokens, adminApiKey, databasePassword } = value as Record<string, unknown>;
  if (
    typeof pushTokens !== 'string' ||
    typeof adminApiKey !== 'string' ||
    typeof databasePassword !== 'string' ||
    databasePassword === ''
  ) {
    return undefined;
  }
  return { pushTokens, adminApiKey, databasePassword };
}

/**
 * Returns the credentials that are complete in a broken file. If the push token is, the vendor does not need a new
 * one.
 */
function readable(text: string): Partial<Credentials> {
  const fields = NAMES.flatMap((name) => {
    const [, written = ''] = new RegExp(`"${name}"\\s*:\\s*("[^"\\\\]+")`).exec(text) ?? [];
    const value = parsed(written);
    return typeof value === 'string' && isUsable(name, value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(fields);
}

function isUsable(name: keyof Credentials, value: string): boolean {
  try {
    CHECKS[name](value);
    return true;
  } catch {
    // Then it is generated again.
    return false;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error is dropped: the parser's message quotes the text, and the text is secret.
    return undefined;
  }
}

/**
 * Moves a broken file away, then reads it once more. Another process that starts may have replaced it by a complete
 * file meanwhile. Then that file is put back.
 *
 * @returns the new name of the broken file; undefined when there is nothing to keep
 */
function putAside(file: string, text: string): string | undefined {
  const aside = `${file}.broken-${new Date().toISOString().replaceAll(/[-:.]/g, '')}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const moved = readFileSync(aside, 'utf8');
  if (moved === text && text.trim() !== '') return aside;
  if (moved !== text) createFile(file, moved);
  rmSync(aside, { force: true });
  return undefined;
}
