// The service as a process of its own, as `npm start` runs it: to be killed, and to see what it prints.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { refuseLeaks, secretsOf } from './leaks.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** What a service with an external database must be given. */
export const ACCESS = {
  PUSH_TOKENS: 'vendor=push-token-of-the-tests',
  ADMIN_API_KEY: 'k'.repeat(40),
} as const;
const POLL_MS = 25;
/**
 * The ports from here to 15,300, below those of embedded servers, are shared out among the tests' workers. `fetch`
 * and browsers refuse 10,080, the last of those that they call bad.
 */
const LOWEST_PORT = 10_100;
const PORTS_OF_A_WORKER = 570;
const WORKER = (Number(process.env['VITEST_POOL_ID'] ?? 1) - 1) % 9;
/** Others may run the same tests at the same time. */
let portsDrawn = Math.floor(Math.random() * PORTS_OF_A_WORKER);
/** Less than a test may take, so that it says what it waited for. */
const PATIENCE_MS = 240_000;

export interface Credentials {
  readonly adminApiKey: string;
  readonly pushTokens: string;
  readonly databasePassword: string;
}

/** One run of the service. */
export class ServiceProcess {
  output = '';
  /** Its end, with all that it has printed. */
  private readonly closed: Promise<unknown>;

  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
    private readonly dataDir: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.closed = once(child, 'close');
  }

  /**
   * @param under a command that runs the process, with its arguments
   * @param main the built program
   */
  static start(
    dataDir: string,
    port: number,
    environment: Readonly<Record<string, string>> = {},
    under: readonly string[] = [],
    main = MAIN,
  ): ServiceProcess {
    const command = [...under, process.execPath, main];
    const child = spawn(command[0] ?? process.execPath, command.slice(1), {
      env: {
        PATH: process.env['PATH'] ?? '',
        DATA_DIR: dataDir,
        PORT: String(port),
        QUERY_RATE_LIMIT: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServiceProcess(child, `http://127.0.0.1:${port}`, dataDir, environment);
  }

  /** Those of its environment, else those that it has generated. */
  get credentials(): Omit<Credentials, 'databasePassword'> {
    const { PUSH_TOKENS: pushTokens, ADMIN_API_KEY: adminApiKey } = this.environment;
    if (pushTokens !== undefined && adminApiKey !== undefined) return { pushTokens, adminApiKey };
    return JSON.parse(readFileSync(`${this.dataDir}/credentials.json`, 'utf8')) as Credentials;
  }

  get pushUrl(): string {
    const token = this.credentials.pushTokens.split('=').slice(1).join('=');
    return `${this.url}/push/${token}/call-reports`;
  }

  async ready(): Promise<this> {
    await until(
      () => `the service to be ready; it printed ${this.output}`,
      async () => {
        if (this.child.exitCode !== null) throw new Error(`the service ended: ${this.output}`);
        return (await healthOf(this.url)) === 'ok';
      },
    );
    return this;
  }

  push(records: unknown): Promise<Response> {
    return fetch(this.pushUrl, { method: 'POST', body: JSON.stringify(records) });
  }

  async get(path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.credentials.adminApiKey}` };
    return (await fetch(`${this.url}${path}`, { headers })).json();
  }

  /** Waits until the call is in the ledger: the journal may have taken its push. */
  async has(callId: string): Promise<void> {
    await until(`the call ${callId}`, async () => {
      const answer = (await this.get(`/v1/calls/${callId}`)) as { callId?: string };
      return answer.callId === callId;
    });
  }

  /**
   * Sends a signal and waits for the end. Returns the exit code, null when the signal ended it.
   *
   * @throws Error when it has printed a secret or a number
   */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.exit();
  }

  /** Waits for the process to end by itself; fails as {@link end} does. */
  async exit(): Promise<number | null> {
    await this.closed;
    refuseLeaks(this.output, this.secrets());
    return this.child.exitCode;
  }

  private secrets(): string[] {
    const given = secretsOf(this.environment);
    const file = `${this.dataDir}/credentials.json`;
    if (!existsSync(file)) return given;
    const { databasePassword, ...credentials } = JSON.parse(readFileSync(file, 'utf8')) as Credentials;
    const { adminApiKey: ADMIN_API_KEY, pushTokens: PUSH_TOKENS } = credentials;
    return [...given, databasePassword, ...secretsOf({ ADMIN_API_KEY, PUSH_TOKENS })];
  }
}

/** The URL of the embedded database of a data directory. */
export function embeddedUrl(dataDir: string): string {
  const { databasePassword } = JSON.parse(readFileSync(`${dataDir}/credentials.json`, 'utf8')) as {
    databasePassword: string;
  };
  const port = readFileSync(`${dataDir}/postgres/postmaster.pid`, 'utf8').split('\n')[3] ?? '';
  return `postgres://call_ledger:${encodeURIComponent(databasePassword)}@127.0.0.1:${port}/call_ledger`;
}

/** Polls until a condition holds. */
export async function until(
  what: string | (() => string),
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`);
    await wait(POLL_MS);
  }
}

/** `ok`, `degraded` or `error`; undefined when nobody answers. */
export async function healthOf(url: string): Promise<string | undefined> {
  try {
    return ((await (await fetch(`${url}/health/ready`)).json()) as { status: string }).status;
  } catch {
    return undefined;
  }
}

export async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}

/**
 * One that nobody takes before whoever it is for: neither the system for those who want any, nor the embedded server,
 * nor another worker of these tests.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS_OF_A_WORKER; tries += 1) {
    portsDrawn += 1;
    const port = LOWEST_PORT + WORKER * PORTS_OF_A_WORKER + (portsDrawn % PORTS_OF_A_WORKER);
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
