// A PostgreSQL for the benchmarks: the embedded one in a temporary folder, or the one of BENCH_DATABASE_URL.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/persistence/connections/data-source-options.js';
import { EmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.js';
import { migrate } from '../../src/persistence/schema/migrator.js';
import type { Ending } from './ending.js';
import { fillLedger } from './fill-ledger.js';
import { say } from './progress.js';

/** All that a run makes in a server that is not its own begins so. */
const PREFIX = 'call_ledger_bench';

/** A server with ledgers of any size. */
export class BenchServer {
  private readonly templates = new Map<number, string>();
  private databases = 0;

  private constructor(
    private readonly url: string,
    /** Process id of the server's parent process; undefined when the server is not ours. */
    readonly pid: number | undefined,
    private readonly ending: Ending,
  ) {}

  static async start(ending: Ending): Promise<BenchServer> {
    const external = process.env['BENCH_DATABASE_URL'];
    if (external !== undefined) return new BenchServer(external, undefined, ending);
    say('starting PostgreSQL');
    const folder = mkdtempSync(join(tmpdir(), 'call-ledger-bench-'));
    // As root, the server runs as another user.
    chmodSync(folder, 0o711);
    ending.add(() => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    });
    const server = new EmbeddedPostgres({
      dataDirectory: folder,
      password: 'of-the-benchmarks',
      log: () => undefined,
    });
    ending.add(() => server.stop());
    const url = await server.start();
    const pid = Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    return new BenchServer(url, pid, ending);
  }

  /**
   * A migrated ledger of its own that holds so many calls.
   *
   * @returns the URL of the database
   */
  async ledger(calls: number): Promise<string> {
    const template = await this.templateOf(calls);
    say(`copying the ledger of ${calls.toLocaleString('en')} calls`);
    return this.createDatabase(`TEMPLATE ${template} STRATEGY ${calls === 0 ? 'wal_log' : 'file_copy'}`);
  }

  /** As {@link ledger}, for those who only read: they share it. */
  async ledgerToRead(calls: number): Promise<string> {
    const url = new URL(this.url);
    url.pathname = `/${await this.templateOf(calls)}`;
    return url.href;
  }

  async drop(databaseUrl: string): Promise<void> {
    await withClient(this.url, (client) =>
      client.query(`DROP DATABASE IF EXISTS ${nameOf(databaseUrl)} WITH (FORCE)`),
    );
  }

  private async templateOf(calls: number): Promise<string> {
    const template = this.templates.get(calls) ?? (await this.makeTemplate(calls));
    this.templates.set(calls, template);
    return template;
  }

  private async makeTemplate(calls: number): Promise<string> {
    const url = await this.createDatabase('TEMPLATE template0');
    const dataSource = new DataSource(dataSourceOptions(url, 2, () => undefined));
    await dataSource.initialize();
    await migrate(dataSource);
    await dataSource.destroy();
    if (calls > 0) await withClient(url, (client) => fillLedger(client, calls));
    return nameOf(url);
  }

  private async createDatabase(how: string): Promise<string> {
    this.databases += 1;
    const name = `${PREFIX}_${process.pid}_${this.databases}`;
    await withClient(this.url, (client) => client.query(`CREATE DATABASE ${name} ${how}`));
    const url = new URL(this.url);
    url.pathname = `/${name}`;
    // The folder of an own server goes as a whole.
    if (this.pid === undefined) this.ending.add(() => this.drop(url.href));
    return url.href;
  }
}

export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function nameOf(databaseUrl: string): string {
  return new URL(databaseUrl).pathname.slice(1);
}
