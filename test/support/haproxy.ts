// Debian's haproxy before three services, as docker/haproxy/haproxy.cfg sets it up.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort, statusOf, until } from './service.js';

const SAMPLE = fileURLToPath(new URL('../../docker/haproxy/haproxy.cfg', import.meta.url));

export class Haproxy {
  output = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /**
   * @param ports of the services
   * @param program where haproxy is
   * @param checkEvery as haproxy's `inter`
   */
  static async before(
    ports: readonly [number, number, number],
    program: string,
    checkEvery: string,
  ): Promise<Haproxy> {
    const port = await freePort();
    const services = ports.map((service, index) => [`LEDGER_${index + 1}`, `127.0.0.1:${service}`] as const);
    const environment = {
      LISTEN: `127.0.0.1:${port}`,
      CHECK_EVERY: checkEvery,
      ...Object.fromEntries(services),
    };
    const child = spawn(program, ['-db', '-f', SAMPLE], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const haproxy = new Haproxy(child, `http://127.0.0.1:${port}`);
    await until(
      () => `haproxy: ${haproxy.output}`,
      async () => (await statusOf(haproxy.url)) !== undefined,
    );
    return haproxy;
  }

  async remove(): Promise<void> {
    if (this.child.exitCode === null && this.child.kill('SIGTERM')) await once(this.child, 'exit');
  }
}
