// Two service processes on one PostgreSQL, each with a journal of its own and a way of its own to the database, which
// can be cut.
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool, type QueryResultRow } from 'pg';
import { DatabaseServer } from '../support/database-server.js';
import { type Answer, exchange } from '../support/exchange.js';
import { removeFolder } from '../support/files.mjs';
import { API_KEY, OTHER_PUSH_TOKEN, PUSH_TOKEN } from '../support/ledger.js';
import { freshSamples } from '../support/metrics.js';
import { onDatabase, urlOf } from '../support/nodes.mjs';
import { freePort, ServiceProcess, statusOf, until } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const TOKENS: Readonly<Record<string, string>> = { vendor: PUSH_TOKEN, other: OTHER_PUSH_TOKEN };
const portOf = (url: string) => Number(new URL(url).port);

/** One of the processes. */
export class LedgerProcess {
  private service: ServiceProcess | undefined;
  private isCut = false;

  private constructor(
    readonly name: string,
    private readonly folder: string,
    private readonly port: number,
    private readonly proxy: TcpProxy,
  ) {}

  static async create(name: string, folder: string, databaseUrl: string): Promise<LedgerProcess> {
    const proxy = await TcpProxy.before(portOf(databaseUrl));
    return new LedgerProcess(name, folder, await freePort(), proxy);
  }

  get isAlive(): boolean {
    return this.service !== undefined;
  }

  /** Whether what it acknowledges reaches the database. */
  get writes(): boolean {
    return this.isAlive && !this.isCut;
  }

  /** @param databaseUrl the server's own */
  start(databaseUrl: string): void {
    const { pathname } = new URL(databaseUrl);
    this.service = ServiceProcess.start(join(this.folder, `${this.name}${pathname}`), this.port, {
      PUSH_TOKENS: Object.entries(TOKENS)
        .map((entry) => entry.join('='))
        .join(','),
      ADMIN_API_KEY: API_KEY,
      DATABASE_URL: this.proxy.through(databaseUrl),
      DATABASE_POOL_SIZE: '5',
    });
  }

  /** Waits until it takes pushes, and writes them if it can. */
  async ready(): Promise<void> {
    if (this.writes) await this.service?.ready();
    else await until(`process ${this.name}`, async () => (await statusOf(`${this.url}/health/live`)) === 200);
  }

  async kill(): Promise<void> {
    const { service } = this;
    this.service = undefined;
    await service?.end('SIGKILL');
  }

  async cut(): Promise<void> {
    this.isCut = true;
    await this.proxy.refuse();
  }

  /** @param databaseUrl the server's own, which has another port after each start */
  async mend(databaseUrl: string): Promise<void> {
    this.proxy.retarget(portOf(databaseUrl));
    await this.proxy.acceptAgain();
    this.isCut = false;
  }

  async remove(): Promise<void> {
    await this.kill();
    await this.proxy.refuse();
  }

  /** @returns undefined when it was killed before it answered */
  async push(source: string, body: string): Promise<Answer | undefined> {
    const { service } = this;
    try {
      return await this.exchange(`/push/${TOKENS[source] ?? ''}/call-reports`, { method: 'POST', body });
    } catch (error) {
      if (service !== undefined && service === this.service) throw error;
      return undefined;
    }
  }

  get(path: string, key = API_KEY): Promise<Answer> {
    return this.exchange(path, { headers: { authorization: `Bearer ${key}` } });
  }

  post(path: string, body?: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${API_KEY}` };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    return this.exchange(path, { method: 'POST', headers, ...content });
  }

  async journalEntries(): Promise<number | undefined> {
    const samples = await freshSamples(async () => (await this.exchange('/metrics')).text);
    return samples.get('call_ledger_journal_entries');
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private exchange(path: string, init?: RequestInit): Promise<Answer> {
    return exchange(this.url, path, init);
  }
}

/** The server, and the processes on one database of it after the other. */
export class Stage {
  private ledgerUrl = '';
  private pool: Pool | undefined;
  processes: readonly LedgerProcess[] = [];

  private constructor(
    private readonly folder: string,
    private readonly server: DatabaseServer,
    private serverUrl: string,
  ) {}

  static async open(): Promise<Stage> {
    const server = DatabaseServer.create();
    return new Stage(mkdtempSync(join(tmpdir(), 'call-ledger-model-')), server, await server.start());
  }

  /** Begins an empty ledger. */
  async begin(): Promise<void> {
    await this.end();
    const name = `model_${randomUUID().replaceAll('-', '')}`;
    await onDatabase(this.serverUrl, `CREATE DATABASE ${name}`);
    this.connect(urlOf(this.serverUrl, name));
    this.processes = [await this.process('one'), await this.process('two')];
    for (const process of this.processes) process.start(this.ledgerUrl);
    for (const process of this.processes) await process.ready();
  }

  async end(): Promise<void> {
    for (const process of this.processes) await process.remove();
    this.processes = [];
    await this.pool?.end();
    this.pool = undefined;
  }

  async remove(): Promise<void> {
    await this.end();
    await this.server.remove();
    await removeFolder(this.folder);
  }

  /** Asks the database past the service. */
  async query<Row extends QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    if (this.pool === undefined) throw new Error('there is no ledger');
    return (await this.pool.query<Row>(text, values)).rows;
  }

  /** Lets whoever writes these calls wait meanwhile. */
  async holding(callIds: readonly string[], meanwhile: () => Promise<void>): Promise<void> {
    const client = await this.pool?.connect();
    try {
      await client?.query('BEGIN');
      await client?.query('SELECT FROM calls WHERE call_id = ANY($1) FOR UPDATE', [callIds]);
      await meanwhile();
      await client?.query('COMMIT');
    } finally {
      client?.release();
    }
  }

  async stopDatabase(): Promise<void> {
    await this.pool?.end();
    for (const process of this.processes) await process.cut();
    await this.server.stop();
  }

  async startDatabase(): Promise<void> {
    this.serverUrl = await this.server.start();
    this.connect(urlOf(this.serverUrl, new URL(this.ledgerUrl).pathname.slice(1)));
    for (const process of this.processes) await process.mend(this.ledgerUrl);
    for (const process of this.processes) if (process.isAlive) await process.ready();
  }

  async mend(process: LedgerProcess): Promise<void> {
    await process.mend(this.ledgerUrl);
    if (process.isAlive) await process.ready();
  }

  async restart(process: LedgerProcess): Promise<void> {
    process.start(this.ledgerUrl);
    await process.ready();
  }

  private process(name: string): Promise<LedgerProcess> {
    return LedgerProcess.create(name, this.folder, this.serverUrl);
  }

  private connect(ledgerUrl: string): void {
    this.ledgerUrl = ledgerUrl;
    this.pool = new Pool({ connectionString: ledgerUrl, max: 2 });
    // A server that is stopped ends its connections.
    this.pool.on('error', () => undefined);
  }
}
