import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:http';

/** A client that has not sent its whole request by then is not waited for. The vendor gives up after 700 ms. */
const REQUEST_TIME_OUT_MS = 30_000;
const HEADERS_TIME_OUT_MS = 10_000;
/** What is under way at the shutdown gets this long. */
const GRACE_MS = 8000;

/** Bounds how long requests may take to arrive, and how long the shutdown waits for them. */
@Injectable()
export class ConnectionDrain implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly host: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    const server = this.server();
    server.requestTimeout = REQUEST_TIME_OUT_MS;
    server.headersTimeout = HEADERS_TIME_OUT_MS;
  }

  beforeApplicationShutdown(): void {
    const server = this.server();
    // Kept-alive connections would bring new requests for as long as the clients like: each gets one more answer.
    server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
    setTimeout(() => {
      server.closeAllConnections();
    }, GRACE_MS).unref();
  }

  private server(): Server {
    return this.host.httpAdapter.getHttpServer() as Server;
  }
}
