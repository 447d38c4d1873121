import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../platform/error-code.js';

/** What the service that runs from a data folder has generated for itself. */
export interface Credentials {
  readonly pushTokens?: string;
  readonly adminApiKey?: string;
}

/** Where the generated credentials are kept: `credentials.json` in DATA_DIR, by default `./data`. */
export function credentialsPath(env: NodeJS.ProcessEnv): string {
  return join(env.DATA_DIR ?? 'data', 'credentials.json');
}

/**
 * Reads the generated credentials; none when there is no such file. Throws an error that names the file when it can't
 * be read, but never what stands in it.
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
  if (typeof content !== 'object' || content === null) throw new Error(`${path} holds no JSON object`);
  const pushTokens = 'pushTokens' in content ? content.pushTokens : undefined;
  const adminApiKey = 'adminApiKey' in content ? content.adminApiKey : undefined;
  return {
    ...(typeof pushTokens === 'string' ? { pushTokens } : {}),
    ...(typeof adminApiKey === 'string' ? { adminApiKey } : {}),
  };
}

/** The first token of a list `name=token,name=token`; undefined when there is none. */
export function firstToken(list: string): string | undefined {
  const entry = list.split(',')[0]?.trim() ?? '';
  const token = entry.slice(entry.indexOf('=') + 1).trim();
  return token === '' ? undefined : token;
}
