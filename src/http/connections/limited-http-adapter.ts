// The HTTP server, made with its limits of time and size.
import { ExpressAdapter } from '@nestjs/platform-express';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { endUnread, makeRoom } from './connection-limits.js';
import { explainUnreadable } from './unreadable-requests.js';
import type { Socket } from 'node:net';

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
  /** Bytes of answers that wait for clients to read them. Beyond it, those are ended that hold the most and do not move. */
  readonly unreadBytes: number;
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
  unreadBytes: 64 * 1024 * 1024,
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
      oneAtATime(this.getInstance<RequestListener>()),
    );
    server.timeout = this.limits.silence;
    makeRoom(server, this.limits.connections);
    endUnread(server, this.limits.unreadBytes);
    lingerBriefly(server, this.limits.linger);
    explainUnreadable(server, this.limits);
    // An expectation that is not known may be ignored (RFC 9110, 10.1.1). Node's own answer is a bare 417.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    this.httpServer = server;
  }
}

/**
 * A request may be answered before its body has come: a wrong token, a body that is too large. Node reads the rest and drops
 * it, so that the client gets to read the answer, but does so for as long as a whole request may take.
 *
 * @param most ms for the rest; then the connection is ended
 */
export function lingerBriefly(server: Server, most: number): void {
  server.prependListener('request', (request, response) => {
    response.once('finish', () => {
      if (request.complete) return;
      const timer = setTimeout(() => {
        if (!request.complete) request.socket.destroy();
      }, most).unref();
      request.once('close', () => {
        clearTimeout(timer);
      });
    });
  });
}

/** Requests of one connection that may wait. Hardly any client sends the next one before it has its answer. */
const MOST_WAITING = 100;

type Exchange = readonly [request: IncomingMessage, response: ServerResponse];

/**
 * Node.js hands over all requests that it finds in what it has read of a connection: up to some thousands, each of which was answered
 * at once, and the answers waited for the client in memory. Here the next request begins when the answer before has left. A
 * connection with too many requests is ended.
 */
export function oneAtATime(handle: RequestListener): RequestListener {
  const waitingOn = new WeakMap<Socket, Exchange[]>();
  const begin = (waiting: Exchange[], [request, response]: Exchange) => {
    response.once('close', () => {
      const next = waiting.shift();
      if (next === undefined) waitingOn.delete(request.socket);
      else if (!request.socket.destroyed) begin(waiting, next);
      else for (const [, dropped] of [next, ...waiting.splice(0)]) close(dropped);
    });
    handle(request, response);
  };
  return (request, response) => {
    const { socket } = request;
    const waiting = waitingOn.get(socket);
    if (socket.destroyed) close(response);
    else if (waiting === undefined) {
      const none: Exchange[] = [];
      waitingOn.set(socket, none);
      begin(none, [request, response]);
    } else if (waiting.length < MOST_WAITING) waiting.push([request, response]);
    else {
      close(response);
      socket.destroy();
    }
  };
}

/** Node.js tells it of the answer alone whose turn it is; who has seen the request come waits for the end of it. */
function close(response: ServerResponse): void {
  response.emit('close');
}
