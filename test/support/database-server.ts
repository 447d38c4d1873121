// A PostgreSQL server of a test's own, for what would harm the other tests: to be killed, frozen and stopped.
import { chmodSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.js';
import { postmasterPid } from './processes.js';
import { removeFolder } from './files.mjs';
import { usedCluster } from './templates.js';

/** Brings the server back when it is killed, on the same port. */
export class DatabaseServer {
  private server: EmbeddedPostgres | undefined;

  private constructor(
    private readonly folder: string,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  static create(settings: Readonly<Record<string, string>> = {}): DatabaseServer {
    const folder = mkdtempSync(join(tmpdir(), 'call-ledger-database-'));
    // As root, the server runs as another user.
    chmodSync(folder, 0o711);
    return new DatabaseServer(folder, settings);
  }

  /** @returns its URL, whose port is another one after each stop */
  async start(): Promise<string> {
    if (!existsSync(join(this.folder, 'postgres'))) await usedCluster(this.folder);
    this.server = new EmbeddedPostgres({
      dataDirectory: this.folder,
      password: 'of-the-tests',
      settings: this.settings,
      log: () => undefined,
    });
    return this.server.start();
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    this.server = undefined;
  }

  /** The process id of the server; undefined when there has been none. */
  pid(): number | undefined {
    return postmasterPid(this.folder);
  }

  async remove(): Promise<void> {
    await this.stop();
    await removeFolder(this.folder);
  }
}
