import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../platform/error-code.js';

/** The credentials that the service of a data folder has generated. */
export interface Credentials {
  readonly pushTokens?: string;
  readonly adminApiKey?: string;
}

/** Returns the path of the generated credentials: `credentials.json` in DATA_DIR, which is `./data` by default. */
export function credentialsPath(env: NodeJS.ProcessEnv): string {
  return join(env.DATA_DIR ?? 'data', 'credentials.json');
}

/**
 * Reads the generated credentials. Returns none if there is no such file.
 *
 * @throws Error that names the file when it can't be read. The message never contains what is in the file.
 */
export function readCredentials(path: string): Credentials {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(`${path} is not JSON`, { cause: error });
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw new Error(`${path} can't be read (${String(code)})`, { cause: error });
  }
  if (typeof content !== 'object' || content === null) throw new Error(`${path} is not a JSON object`);
  const pushTokens = 'pushTokens' in content ? content.pushTokens : undefined;
  const adminApiKey = 'adminApiKey' in content ? content.adminApiKey : undefined;
  return {
    ...(typeof pushTokens === 'string' ? { pushTokens } : {}),
    ...(typeof adminApiKey === 'string' ? { adminApiKey } : {}),
  };
}

/** Returns the first token of a list `name=token,name=token`; undefined if there is none. */
export function firstToken(list: string): string | undefined {
  const entry = list.split(',')[0]?.trim() ?? '';
  const token = entry.slice(entry.indexOf('=') + 1).trim();
  return token === '' ? undefined : token;
}
