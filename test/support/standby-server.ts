// A streaming replica of a server of the tests. The embedded PostgreSQL brings no pg_basebackup: the files are copied
// between the two functions that it calls.
import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { type Binaries, findBinaries } from '../../embedded-postgres/cluster/binaries.js';
import { serverEnvironment, settingArguments } from '../../embedded-postgres/server/server-settings.js';
import {
  findLauncher,
  chownTree,
  type Launcher,
} from '../../embedded-postgres/operating-system/unprivileged-user.js';
import { errorCode } from '../../platform/error-code.js';
import { freePort, until } from './service.js';
import { removeFolder } from './files.mjs';
import { childrenOf, signalIfAlive } from './signals.mjs';

/** What a base backup leaves out: it is the running server's own, or comes as a stream. */
const NOT_COPIED = /^(?:postmaster\.(?:pid|opts)|pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_stat_tmp)$/;
const SLOT = 'standby_of_the_tests';

/** Killed and started again on the same port, as often as wanted. */
export class StandbyServer {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly binaries: Binaries,
    private readonly launcher: Launcher,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /**
   * Copies a server and starts the copy as its standby.
   *
   * @param settings those of the primary: a standby takes no smaller ones
   */
  static async of(primaryUrl: string, settings: Readonly<Record<string, string>>): Promise<StandbyServer> {
    const folder = mkdtempSync(join(tmpdir(), 'call-ledger-standby-'));
    // As root, the server runs as another user.
    chmodSync(folder, 0o711);
    const cluster = join(folder, 'postgres');
    await copyCluster(primaryUrl, cluster);
    const { hostname, port, username, password } = new URL(primaryUrl);
    const connection = `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`;
    writeFileSync(
      join(cluster, 'postgresql.auto.conf'),
      `primary_conninfo = '${connection}'\nprimary_slot_name = '${SLOT}'\nwal_retrieve_retry_interval = '100ms'\n`,
    );
    writeFileSync(join(cluster, 'standby.signal'), '');
    const binaries = await findBinaries();
    const launcher = await findLauncher(cluster, binaries);
    if (launcher.user !== undefined) await chownTree(cluster, launcher.user);
    const url = Object.assign(new URL(primaryUrl), { port: String(await freePort()) }).href;
    const standby = new StandbyServer(url, folder, binaries, launcher, settings);
    await standby.start();
    return standby;
  }

  /** Resolves when it takes connections: it has reached a consistent state then, not yet the primary's newest. */
  async start(): Promise<void> {
    const { port } = new URL(this.url);
    const args = ['-D', join(this.folder, 'postgres'), ...settingArguments(Number(port), this.settings)];
    await until(
      () => `the standby; it printed ${this.output}`,
      async () => {
        // What a killed server leaves behind may hold its files for a moment.
        if (this.child === undefined || this.child.exitCode !== null) this.spawn(args);
        return askServer(this.url, 'SELECT 1', 2000).then(
          () => true,
          () => false,
        );
      },
    );
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    // The child has become the postmaster, whatever started it. Without it alone, its sessions would go on with what
    // they have begun.
    const sessions = child.pid === undefined ? [] : childrenOf(child.pid);
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) {
      for (const pid of sessions) signalIfAlive(pid, 'SIGKILL');
      await once(child, 'exit');
    }
    this.child = undefined;
  }

  /** Goes on receiving, and shows nothing of it: the lag grows. */
  async pauseReplay(): Promise<void> {
    await this.query('SELECT pg_wal_replay_pause()');
    await until('the replay to be paused', async () => {
      const [row] = await this.query<{ state: string }>('SELECT pg_get_wal_replay_pause_state() AS state');
      return row?.state === 'paused';
    });
  }

  async resumeReplay(): Promise<void> {
    await this.query('SELECT pg_wal_replay_resume()');
  }

  /** Asks again when the replay ended the query, which was in its way. */
  async query<Row extends QueryResultRow>(text: string): Promise<Row[]> {
    for (;;) {
      try {
        return await askServer<Row>(this.url, text);
      } catch (error) {
        if (errorCode(error) !== '40001') throw error;
      }
    }
  }

  async remove(): Promise<void> {
    await this.kill();
    await removeFolder(this.folder);
  }

  private spawn(serverArgs: readonly string[]): void {
    const { file, args, ...identity } = this.launcher.command(this.binaries.postgres, serverArgs);
    const child = spawn(file, args, {
      ...identity,
      cwd: '/',
      env: serverEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output = `${this.output}${chunk.toString()}`.slice(-5000)));
    this.child = child;
  }
}

/** One statement on a connection of its own. */
export async function askServer<Row extends QueryResultRow>(
  url: string,
  text: string,
  connectionTimeoutMillis = 20_000,
): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

async function copyCluster(url: string, to: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // The slot keeps what is written meanwhile until the standby has it, and while the standby is away.
    await client.query(`SELECT pg_create_physical_replication_slot('${SLOT}', true)`);
    const { rows } = await client.query<{ directory: string }>(
      "SELECT pg_backup_start('standby', true), current_setting('data_directory') AS directory",
    );
    const from = rows[0]?.directory ?? '';
    copyChanging(from, to);
    const stopped = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    writeFileSync(join(to, 'backup_label'), stopped.rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
}

/** Of a server that goes on working: what it changes meanwhile is put right by its log. */
function copyChanging(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    filter: (path) => dirname(path) !== from || !NOT_COPIED.test(basename(path)),
  });
  for (const folder of ['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_stat_tmp'])
    mkdirSync(join(to, folder), { recursive: true });
  chmodSync(to, 0o700);
}
