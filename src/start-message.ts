// What a person wants to know right after the start.
import { Logger } from '@nestjs/common';
import { credentialsFile } from './config/credentials.js';
import type { Settings } from './config/settings.js';

/**
 * With the embedded database, the lines go to the terminal as they are, the push URL with its token in it: this is
 * how it is handed over. With an external one they go to the log, where no token belongs.
 *
 * @param url where the service listens
 */
export function announce(url: string, settings: Settings): void {
  if (settings.databaseUrl === undefined) {
    const token = settings.pushTokens[0]?.token ?? '';
    const lines = [
      ['API docs', `${url}/docs`],
      ['Push URL for the vendor', `${url}/push/${encodeURIComponent(token)}/call-reports`],
      ['API key', `in ${credentialsFile(settings.dataDir)} (adminApiKey), unless ADMIN_API_KEY is set`],
      ['Database', `embedded PostgreSQL in ${settings.dataDir}`],
    ];
    console.log(
      ['', 'Call Ledger is ready.', ...lines.map(([name, text]) => `  ${name}: ${text}`), ''].join('\n'),
    );
    return;
  }
  const logger = new Logger('Start');
  const { hostname, port, pathname } = new URL(settings.databaseUrl);
  logger.log(`API docs: ${url}/docs`);
  logger.log(`Push URL for the vendor: ${url}/push/{token}/call-reports, with a token of PUSH_TOKENS`);
  logger.log('API key: in ADMIN_API_KEY');
  logger.log(`Database: ${hostname}${port === '' ? '' : `:${port}`}${pathname}`);
}
