// The messages at start: the addresses of the service, and where its secrets are.
import { Logger } from '@nestjs/common';
import { relative } from 'node:path';
import { credentialsFile } from './config/credentials.js';
import type { Settings } from './config/settings.js';

/** Stands for the token where the token itself must not be shown. */
const PLACEHOLDER = '{token}';

/**
 * Says that the service is ready. With LOG_FORMAT=json this is a log event, otherwise plain lines. Only a person's
 * terminal shows a generated push token: this is how it is handed over. Files and machines get the place where the
 * token is kept.
 *
 * @param url where the service listens
 * @param onTerminal whether the output goes to a person's terminal
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
 * Warns that the service listens, but has no database yet.
 * @param problem completes the sentence "the database is …", for example `not reachable yet`
 * @param keepsPushes whether the journal takes pushes meanwhile
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
  const copies = clipboardProgram();
  const hint = shown === undefined ? ` ({token}: ${pushToken})` : '';
  return [
    `Console: ${url}/console (sign in with the API key)`,
    `API docs: ${url}/docs`,
    `Push URL for the vendor: ${pushUrlOf(url, shown ?? PLACEHOLDER)}${hint}`,
    `API key: ${apiKeyIsGenerated ? `${apiKey}; to see it:` : apiKey}`,
    ...(apiKeyIsGenerated ? [`  ${commandToSee('adminApiKey', dataDir)}`] : []),
    ...(apiKeyIsGenerated && onTerminal && copies !== undefined ? [`  to copy it, append: | ${copies}`] : []),
    `Database: ${databaseName(settings)}`,
  ];
}

/** Says where the secrets are. */
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
  // The shell sees the path within single quotes, so a single quote in it is escaped.
  const path = JSON.stringify(shorter.startsWith('..') ? file : shorter).replaceAll("'", `'\\''`);
  return `node -p 'JSON.parse(fs.readFileSync(${path})).${name}'`;
}

/** The program that puts its input on the clipboard; undefined if the terminal seems to have none. */
function clipboardProgram(): string | undefined {
  if (process.platform === 'darwin') return 'pbcopy';
  if (process.platform === 'win32') return 'clip';
  if (process.env['WAYLAND_DISPLAY'] !== undefined) return 'wl-copy';
  return process.env['DISPLAY'] === undefined ? undefined : 'xclip -selection clipboard';
}

function pushUrlOf(url: string, token: string): string {
  return `${url}/push/${token}/call-reports`;
}

function databaseName({ databaseUrl, dataDir }: Settings): string {
  if (databaseUrl === undefined) return `embedded PostgreSQL in ${dataDir}`;
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}
