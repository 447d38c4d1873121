// What a person wants to know right after the start.
import { Logger } from '@nestjs/common';
import { credentialsFile } from './config/credentials.js';
import type { Settings } from './config/settings.js';

/**
 * With generated credentials, the lines are printed as they are, the push URL with its token in it: this is how it is
 * handed over. Tokens that the operator made are known to the operator, and no token belongs into a log.
 *
 * @param url where the service listens
 */
export function announce(url: string, settings: Settings): void {
  const generated = settings.generatedPushToken;
  const lines = [
    ['Console', `${url}/console`],
    ['API docs', `${url}/docs`],
    ['Push URL for the vendor', `${url}/push/${generated ?? '{token}'}/call-reports`],
    [
      'API key',
      settings.apiKeyIsGenerated
        ? `adminApiKey in ${credentialsFile(settings.dataDir)}`
        : 'as in ADMIN_API_KEY',
    ],
    ['Database', databaseName(settings)],
  ].map(([name, text]) => `${name ?? ''}: ${text ?? ''}`);
  if (generated !== undefined) {
    console.log(['', 'Call Ledger is ready.', ...lines.map((line) => `  ${line}`), ''].join('\n'));
    return;
  }
  const logger = new Logger('Start');
  for (const line of ['Call Ledger is ready.', ...lines]) logger.log(line);
}

function databaseName({ databaseUrl, dataDir }: Settings): string {
  if (databaseUrl === undefined) return `embedded PostgreSQL in ${dataDir}`;
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
}
