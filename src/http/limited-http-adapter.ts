// The HTTP server, made with its limits of time and size.
import { ExpressAdapter } from '@nestjs/platform-express';
import { createServer, type Server } from 'node:http';
import { lingerBriefly } from './lingering.js';
import { makeRoom } from './silent-connections.js';
import { explainUnreadable } from './unreadable-requests.js';

/** Times in ms. */
export interface ConnectionLimits {
  /** From the connection, or from the first byte of a later request, to the end of the headers. Then 408. */
  readonly headersTimeout: number;
  /** To the end of the body. Then 408. */
  readonly requestTimeout: number;
  /** How late these two may be noticed. */
  readonly checkEvery: number;
  /** How long a connection is kept for the next request. */
  readonly keepAlive: number;
  /** How long nothing may move on a connection on which something is under way. */
  readonly silence: number;
  /** How long the rest of a request may still come that has been answered before it was read. */
  readonly linger: number;
  /** Bytes of a request's first line and its headers together. Beyond it 431. */
  readonly headerBytes: number;
  /** Beyond so many, those are ended that have been silent the longest. */
  readonly connections: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  headersTimeout: 10_000,
  // 32 MB at 4.5 Mbit/s. The vendor gives up after 700 ms.
  requestTimeout: 60_000,
  checkEvery: 2000,
  // Longer than proxies keep theirs, mostly 60 s: one that pushes on a connection that is ended just then loses the push.
  keepAlive: 75_000,
  // Longer than the five minutes for which an export waits for its client.
  silence: 360_000,
  linger: 10_000,
  headerBytes: 16_384,
  connections: 10_000,
};

export class LimitedHttpAdapter extends ExpressAdapter {
  constructor(private readonly limits: ConnectionLimits) {
    super();
  }

  /** Some limits can only be given when the server is made, which Nest does without any. */
  override initHttpServer(): void {
    const { headersTimeout, requestTimeout, checkEvery, keepAlive, headerBytes } = this.limits;
    const server: Server = createServer(
      {
        headersTimeout,
        requestTimeout,
        connectionsCheckingInterval: checkEvery,
        keepAliveTimeout: keepAlive,
        maxHeaderSize: headerBytes,
        // Node's own answer has no body: hostNeeded() refuses such a request instead.
        requireHostHeader: false,
      },
      this.getInstance(),
    );
    server.timeout = this.limits.silence;
    makeRoom(server, this.limits.connections);
    lingerBriefly(server, this.limits.linger);
    explainUnreadable(server, this.limits);
    // An expectation that is not known may be ignored (RFC 9110, 10.1.1). Node's own answer is a bare 417.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    this.httpServer = server;
  }
}
