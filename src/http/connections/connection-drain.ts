import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server, ServerResponse } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

/** What is under way at the shutdown gets this long. */
const GRACE_MS = 8000;
/** What was sent before the service stopped listening may still be on its way here for so long. */
const ARRIVAL_MS = 250;

/** Bounds how long the shutdown waits for requests. */
@Injectable()
export class ConnectionDrain implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly underWay = new Set<ServerResponse>();
  private draining = false;

  constructor(private readonly host: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    const server = this.server();
    server.prependListener('request', (_request, response) => {
      this.underWay.add(response);
      response.once('close', () => this.underWay.delete(response));
      if (this.draining) sayLastAnswer(response);
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    const server = this.server();
    // Kept-alive connections would bring new requests for as long as the clients like: each gets one more answer.
    this.draining = true;
    this.underWay.forEach(sayLastAnswer);
    setTimeout(() => {
      server.closeAllConnections();
    }, GRACE_MS).unref();
    await stopListening(server);
  }

  private server(): Server {
    return this.host.httpAdapter.getHttpServer() as Server;
  }
}

function sayLastAnswer(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

/**
 * Node's own `close` breaks all connections that seem idle, those included on which a request has arrived that was not
 * read yet: of 48 connections under load, six lost a push so. Here they get the time to be read; Nest calls `close` after.
 */
async function stopListening(server: Server): Promise<void> {
  // Right after the turn in which all that waited for it were accepted.
  await nextTurn();
  TcpServer.prototype.close.call(server);
  await Promise.race([whenUnused(server), wait(ARRIVAL_MS, undefined, { ref: false })]);
  // A busy service has let that time pass without having read anything.
  await nextTurn();
  await nextTurn();
}

async function whenUnused(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.once('close', resolve));
}
