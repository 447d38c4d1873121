// Debian's PgBouncer before a database, as docker/pgbouncer/pgbouncer.ini sets it up.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, until } from './service.js';

const SAMPLE = fileURLToPath(new URL('../../docker/pgbouncer/pgbouncer.ini', import.meta.url));

export class PgBouncer {
  output = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** Of the database, through the pooler. */
    readonly url: string,
  ) {
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /**
   * @param program where PgBouncer is
   * @param settings that differ from the sample's
   */
  static async before(
    url: string,
    program: string,
    settings: Readonly<Record<string, string | number>> = {},
  ): Promise<PgBouncer> {
    const folder = mkdtempSync(join(tmpdir(), 'call-ledger-pgbouncer-'));
    // As root, it runs as another user.
    chmodSync(folder, 0o755);
    const through = new URL(url);
    through.port = String(await freePort());
    const users = join(folder, 'userlist.txt');
    writeFileSync(users, `"${through.username}" "${decodeURIComponent(through.password)}"\n`, {
      mode: 0o644,
    });
    const file = join(folder, 'pgbouncer.ini');
    const own = { listen_addr: '127.0.0.1', listen_port: through.port, auth_file: users, ...settings };
    writeFileSync(file, changed(readFileSync(SAMPLE, 'utf8'), new URL(url), own), { mode: 0o644 });
    const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
    const child = spawn(program, [...user, file], { stdio: ['ignore', 'ignore', 'pipe'] });
    const bouncer = new PgBouncer(child, folder, through.href);
    await until(
      () => `PgBouncer: ${bouncer.output}`,
      () => bouncer.output.includes('process up'),
    );
    return bouncer;
  }

  async remove(): Promise<void> {
    if (this.child.exitCode === null && this.child.kill('SIGTERM')) await once(this.child, 'exit');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @throws Error when the sample has no such line */
function changed(sample: string, server: URL, settings: Readonly<Record<string, string | number>>): string {
  const name = server.pathname.slice(1);
  const database = `${name} = host=${server.hostname} port=${server.port} dbname=${name}`;
  let text = replaced(sample, /^call_ledger = .*$/m, database);
  for (const [key, value] of Object.entries(settings))
    text = replaced(text, new RegExp(`^${key} = .*$`, 'm'), `${key} = ${value}`);
  return text;
}

function replaced(text: string, line: RegExp, by: string): string {
  if (!line.test(text)) throw new Error(`the sample has no line ${String(line)}`);
  return text.replace(line, by);
}
