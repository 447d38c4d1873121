// What a person wants to know right after the start.
import { Logger } from '@nestjs/common';
import { relative } from 'node:path';
import { credentialsFile } from './config/credentials.js';
import type { Settings } from './config/settings.js';

/** How the place of a token is written where the token itself does not belong. */
const PLACEHOLDER = '{token}';

/**
 * For people the lines are printed as they are. A generated push token is in them only on a terminal: this is how it is handed over. What
 * goes to a file, or is read by machines, names where it is kept.
 *
 * @param url where the service listens
 * @param onTerminal whether the output is a person's terminal
 */
export function announce(url: string, settings: Settings, onTerminal: boolean): void {
  const logger = new Logger('Start');
  const title = 'Call Ledger is ready.';
  if (settings.logFormat === 'json') {
    const { apiKey, pushToken } = placesOf(settings);
    const pushUrl = pushUrlOf(url, PLACEHOLDER);
    const database = databaseName(settings);
    logger.log({
      message: title,
      console: `${url}/console`,
      docs: `${url}/docs`,
      pushUrl,
      pushToken,
      apiKey,
      database,
    });
    return;
  }
  console.log(['', title, ...linesFor(url, settings, onTerminal).map((line) => `  ${line}`), ''].join('\n'));
}

/**
 * Says that the service listens, though there is no database yet.
 *
 * @param problem what is the matter with the database, as `not reachable yet`
 * @param keepsPushes whether the journal takes them meanwhile
 */
export function announceListening(url: string, problem: string, keepsPushes: boolean): void {
  const pushes = keepsPushes
    ? 'pushes are kept in the journal until it is'
    : 'pushes are refused (503) until it is';
  new Logger('Start').warn(`Listening on ${url}; the database is ${problem}, ${pushes}.`);
}

function linesFor(url: string, settings: Settings, onTerminal: boolean): string[] {
  const { generatedPushToken, apiKeyIsGenerated, dataDir } = settings;
  const { apiKey, pushToken } = placesOf(settings);
  const shown = onTerminal ? generatedPushToken : undefined;
  const hint = shown === undefined ? ` ({token}: ${pushToken})` : '';
  return [
    `Console: ${url}/console (sign in with the API key)`,
    `API docs: ${url}/docs`,
    `Push URL for the vendor: ${pushUrlOf(url, shown ?? PLACEHOLDER)}${hint}`,
    `API key: ${apiKeyIsGenerated ? `${apiKey}; to see it:` : apiKey}`,
    ...(apiKeyIsGenerated ? [`  ${commandToSee('adminApiKey', dataDir)}`] : []),
    `Database: ${databaseName(settings)}`,
  ];
}

/** Where the secrets stand. */
function placesOf({ generatedPushToken, apiKeyIsGenerated, dataDir }: Settings) {
  const file = credentialsFile(dataDir);
  return {
    pushToken: generatedPushToken === undefined ? 'as in PUSH_TOKENS' : `in pushTokens in ${file}`,
    apiKey: apiKeyIsGenerated ? `adminApiKey in ${file}` : 'as in ADMIN_API_KEY',
  };
}

function commandToSee(name: string, dataDir: string): string {
  const file = credentialsFile(dataDir);
  const shorter = relative(process.cwd(), file);
  // In single quotes, as far as the shell is concerned.
  const path = JSON.stringify(shorter.startsWith('..') ? file : shorter).replaceAll("'", `'\\''`);
  return `node -p 'JSON.parse(fs.readFileSync(${path})).${name}'`;
}

function pushUrlOf(url: string, token: string): string {
  return `${url}/push/${token}/call-reports`;
}

function databaseName({ databaseUrl, dataDir }: Settings): string {
  if (databaseUrl === undefined) return `embedded PostgreSQL in ${dataDir}`;
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}
