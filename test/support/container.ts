// The service in a container, as an operator would run it, in the network of this machine.
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { AS_OPERATED, podman } from './container-image.js';
import { refuseLeaks, secretsOf } from './leaks.js';
import { isAlive, peakMemoryMb, withChildren } from './processes.js';
import { ACCESS, freePort, healthOf, until } from './service.js';

export interface ContainerOptions {
  readonly image: string;
  readonly databaseUrl: string;
  /** What is at /data; without it, a volume of the container's own. */
  readonly volume?: string;
  readonly memory?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export class Container {
  private constructor(
    readonly name: string,
    readonly url: string,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  static async start(options: ContainerOptions): Promise<Container> {
    const { image, databaseUrl, volume, memory, environment } = options;
    const name = `call-ledger-test-${randomUUID()}`;
    const port = await freePort();
    const settings = {
      ...{ DATABASE_URL: databaseUrl, PORT: String(port), QUERY_RATE_LIMIT: '0' },
      ...ACCESS,
      ...environment,
    };
    const args = [
      ...['--detach', `--name=${name}`, ...AS_OPERATED],
      ...(volume === undefined ? [] : [`--volume=${volume}:/data`]),
      ...(memory === undefined ? [] : [`--memory=${memory}`, `--memory-swap=${memory}`]),
      ...Object.entries(settings).map(([key, value]) => `--env=${key}=${value}`),
    ];
    await podman('run', ...args, image);
    return new Container(name, `http://127.0.0.1:${port}`, settings);
  }

  async ready(): Promise<this> {
    await until('the container to be ready', async () => {
      if (!(await this.isRunning())) throw new Error(`the container ended: ${await this.output()}`);
      return (await healthOf(this.url)) === 'ok';
    });
    return this;
  }

  get pushUrl(): string {
    return `${this.url}/push/${ACCESS.PUSH_TOKENS.split('=')[1] ?? ''}/call-reports`;
  }

  push(records: unknown): Promise<Response> {
    return fetch(this.pushUrl, { method: 'POST', body: JSON.stringify(records) });
  }

  /** What it has printed. */
  output(): Promise<string> {
    return podman('logs', this.name);
  }

  async isRunning(): Promise<boolean> {
    return (await this.inspect('{{.State.Running}}')) === 'true';
  }

  inspect(format: string): Promise<string> {
    return podman('inspect', '--format', format, this.name);
  }

  /** Sends a signal to process 1, and waits for the end. @returns the exit code: 137 after SIGKILL */
  async end(signal: NodeJS.Signals): Promise<number> {
    await podman('kill', `--signal=${signal}`, this.name);
    return Number(await podman('wait', this.name));
  }

  /** The process of Node.js, which tini has started. */
  async nodePid(): Promise<number> {
    const [, node] = withChildren(Number(await this.inspect('{{.State.Pid}}')));
    if (node === undefined) throw new Error(`the container has ended: ${await this.output()}`);
    return node;
  }

  /** @returns megabytes that the process held at most since this was asked before */
  async peakMemoryMb(): Promise<number> {
    const pid = await this.nodePid();
    const peak = peakMemoryMb({ pid });
    if (isAlive(pid)) writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return peak;
  }

  /** A line of /proc/<pid>/status. */
  async status(name: string): Promise<string> {
    const text = readFileSync(`/proc/${await this.nodePid()}/status`, 'utf8');
    return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
  }

  /** Removes the container, with a volume of its own. @throws Error when it has printed a secret or a number */
  async remove(): Promise<void> {
    const output = await this.output();
    await podman('rm', '--force', '--volumes', '--time=0', this.name);
    refuseLeaks(output, secretsOf(this.settings));
  }
}
