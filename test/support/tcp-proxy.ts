// Stands between clients and servers on this machine, and misbehaves when told to.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './service.js';

/** Gives connections to its servers by turns; one that refuses is passed over. */
export class TcpProxy {
  private readonly pairs = new Set<readonly [client: Socket, server: Socket]>();
  private listener: Server | undefined;
  private turn = 0;
  private silent = false;

  private constructor(
    private targets: readonly number[],
    readonly port: number,
  ) {}

  /** @param targets ports on this machine */
  static async before(...targets: readonly number[]): Promise<TcpProxy> {
    const proxy = new TcpProxy(targets, await freePort());
    proxy.take(await listen(proxy.port));
    return proxy;
  }

  /** The URL by which a server is reached through the proxy. */
  through(url: string): string {
    const changed = new URL(url);
    changed.port = String(this.port);
    return changed.href;
  }

  /** The servers that connections go to from now on. */
  retarget(...targets: readonly number[]): void {
    this.targets = targets;
  }

  /** Lets the connections of now hang for ever; new ones work. */
  freeze(): void {
    for (const [client, server] of this.pairs) {
      client.unpipe(server);
      server.unpipe(client);
      client.pause();
      server.pause();
    }
  }

  /** Lets all connections hang, new ones too, as when a firewall drops every packet. */
  fallSilent(): void {
    this.silent = true;
    this.freeze();
  }

  /** New connections work again; those that hang are left to their owners. */
  speakAgain(): void {
    this.silent = false;
  }

  /** Refuses connections, and breaks those that are open, as when the server is shut down. */
  async refuse(): Promise<void> {
    const { listener } = this;
    this.listener = undefined;
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
    if (listener === undefined) return;
    listener.close();
    await once(listener, 'close');
  }

  async acceptAgain(): Promise<void> {
    this.take(await listen(this.port));
  }

  private take(listener: Server): void {
    this.listener = listener;
    listener.on('connection', (client) => {
      client.on('error', () => client.destroy());
      if (this.silent) this.hold(client);
      else this.join(client, this.inTurn());
    });
  }

  private hold(client: Socket): void {
    const pair = [client, client] as const;
    this.pairs.add(pair);
    client.on('close', () => this.pairs.delete(pair));
    client.pause();
  }

  /** All servers, each time beginning with another one. */
  private inTurn(): number[] {
    const first = this.turn++ % this.targets.length;
    return [...this.targets.slice(first), ...this.targets.slice(0, first)];
  }

  /** @param targets to be tried, one after the other */
  private join(client: Socket, [target, ...others]: readonly number[]): void {
    if (target === undefined) {
      client.destroy();
      return;
    }
    const server = connect(target, '127.0.0.1');
    const pair = [client, server] as const;
    this.pairs.add(pair);
    let joined = false;
    server.once('connect', () => {
      joined = true;
      client.pipe(server).pipe(client);
      for (const socket of pair) {
        socket.on('close', () => {
          this.part(pair);
        });
      }
    });
    server.on('error', () => {
      this.pairs.delete(pair);
      if (joined) client.destroy();
      else this.join(client, others);
    });
  }

  private part(pair: readonly [Socket, Socket]): void {
    this.pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  }
}

async function listen(port: number): Promise<Server> {
  const listener = createServer({ noDelay: true }).listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return listener;
}
