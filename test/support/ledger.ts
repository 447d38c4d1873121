// The whole service on a database of its own, as the tests use it: over HTTP.
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.setup.js';
import { readSettings } from '../../src/config/read-settings.js';
import type { ConnectionLimits } from '../../src/http/connections/limited-http-adapter.js';
import { DatabaseLifecycle } from '../../src/persistence/connections/database-lifecycle.js';
import { createDatabase, type TestDatabase } from './database.js';
import { type Answer, contractOf, exchange } from './exchange.js';
import { secretsOf, WatchedLog } from './leaks.js';

export const PUSH_TOKEN = 'push-token-of-the-tests';
export const OTHER_PUSH_TOKEN = 'push-token-of-another-source';
export const API_KEY = 'api-key-of-the-tests-of-32-characters';

export type { Answer };

/** A running service. Each of its answers is held against its own description: one that is not so fails the test. */
export interface TestLedger {
  readonly url: string;
  readonly database: TestDatabase;
  /** Pushes records, or any text or bytes, with the first token. */
  push(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Asks with the API key. */
  get(path: string): Promise<Answer>;
  request(path: string, init?: RequestInit): Promise<Answer>;
  /** @throws Error when it has logged a secret or a number */
  stop(): Promise<void>;
}

/**
 * @param environment settings that differ from the tests' own
 * @param through gives the URL by which the service reaches the database, when it is not the database's own
 * @param limits of time and size of HTTP, when they are not the service's own
 */
export async function startLedger(
  environment: Record<string, string> = {},
  through: (url: string) => Promise<string> = (url) => Promise.resolve(url),
  limits?: ConnectionLimits,
): Promise<TestLedger> {
  const database = await createDatabase();
  const databaseUrl = await through(database.url);
  const dataDir = mkdtempSync(join(tmpdir(), 'call-ledger-data-'));
  const variables = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    PUSH_TOKENS: `vendor=${PUSH_TOKEN},other=${OTHER_PUSH_TOKEN}`,
    ADMIN_API_KEY: API_KEY,
    PORT: '0',
    LOG_LEVEL: 'fatal',
    ACK_DEADLINE_MS: '20000',
    JOURNAL_DIR: 'off',
    // Tests ask as fast as they can.
    QUERY_RATE_LIMIT: '0',
    ...environment,
  };
  const settings = readSettings(variables, false);
  const app = await createApp(settings, limits);
  const log = new WatchedLog(secretsOf(variables));
  app.useLogger(log);
  await app.listen(settings.port, settings.host);
  await app.get(DatabaseLifecycle).up();
  const url = await app.getUrl();
  // Here rather than at the first answer, whose time a test may measure.
  await contractOf(url);
  const request = (path: string, init?: RequestInit) => exchange(url, path, init);
  return {
    url,
    database,
    request,
    push: (body, headers) =>
      request(`/push/${PUSH_TOKEN}/call-reports`, {
        method: 'POST',
        body: bytesOf(body),
        ...(headers && { headers }),
      }),
    get: (path) => request(path, { headers: { authorization: `Bearer ${API_KEY}` } }),
    async stop() {
      await app.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
      log.refuseLeaks();
    },
  };
}

function bytesOf(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return JSON.stringify(body);
}
