// Several service processes' worth of the service on one database, which can be ended and started again.
import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../../src/app.setup.js';
import { readSettings } from '../../../src/config/read-settings.js';
import { DatabaseLifecycle } from '../../../src/persistence/connections/database-lifecycle.js';
import { secretsOf, WatchedLog } from '../../support/leaks.js';
import { API_KEY, PUSH_TOKEN } from '../../support/ledger.js';

export class Instance {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'call-ledger-changes-'));
  private running: NestExpressApplication | undefined;
  private address = '';
  private log: WatchedLog | undefined;

  private constructor(
    private readonly databaseUrl: string,
    private readonly environment: Record<string, string>,
  ) {}

  static async start(databaseUrl: string, environment: Record<string, string> = {}): Promise<Instance> {
    const instance = new Instance(databaseUrl, environment);
    await instance.start();
    return instance;
  }

  get app(): NestExpressApplication {
    if (this.running === undefined) throw new Error('the service is not running');
    return this.running;
  }

  get url(): string {
    return this.address;
  }

  async start(): Promise<void> {
    const variables = {
      DATABASE_URL: this.databaseUrl,
      DATA_DIR: this.dataDir,
      PUSH_TOKENS: `vendor=${PUSH_TOKEN}`,
      ADMIN_API_KEY: API_KEY,
      PORT: '0',
      LOG_LEVEL: 'fatal',
      QUERY_RATE_LIMIT: '0',
      ...this.environment,
    };
    const settings = readSettings(variables, false);
    const app = await createApp(settings);
    this.log = new WatchedLog(secretsOf(variables));
    app.useLogger(this.log);
    await app.listen(settings.port, settings.host);
    await app.get(DatabaseLifecycle).up();
    this.address = await app.getUrl();
    this.running = app;
  }

  async end(): Promise<void> {
    const app = this.running;
    this.running = undefined;
    await app?.close();
    this.log?.refuseLeaks();
  }

  async remove(): Promise<void> {
    await this.end();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  push(records: unknown): Promise<Response> {
    return fetch(`${this.url}/push/${PUSH_TOKEN}/call-reports`, {
      method: 'POST',
      body: JSON.stringify(records),
    });
  }
}
