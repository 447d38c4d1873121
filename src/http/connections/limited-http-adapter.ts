// Creates the HTTP server with its limits of time and size.
import { ExpressAdapter } from '@nestjs/platform-express';
import { createServer, IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http';
import { endUnread, makeRoom } from './connection-limits.js';
import { explainUnreadable } from './unreadable-requests.js';
import type { Socket } from 'node:net';

/** The limits of the HTTP server. Times are in ms. */
export interface ConnectionLimits {
  /**
   * From the connection, or from the first byte of a later request, to the end of the headers. After that, the
   * answer is 408.
   */
  readonly headersTimeout: number;
  /** From the same moment to the end of the body. After that, the answer is 408. */
  readonly requestTimeout: number;
  /** How often these two limits are checked. */
  readonly checkEvery: number;
  /** How long a connection is kept for the next request. */
  readonly keepAlive: number;
  /** How long a connection with a request under way may be silent. */
  readonly silence: number;
  /** How long the rest of a request may still arrive after it was answered. */
  readonly linger: number;
  /** Bytes of a request's first line and its headers together. Above that, the answer is 431. */
  readonly headerBytes: number;
  /** Number of connections. Above that, the longest idle ones are ended. */
  readonly connections: number;
  /**
   * Bytes of answers that wait for clients to read them. Above that, the connections that hold the most and do not
   * move are ended.
   */
  readonly unreadBytes: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  headersTimeout: 10_000,
  // Enough for 32 MB at 4.5 Mbit/s. The vendor gives up after 700 ms.
  requestTimeout: 60_000,
  checkEvery: 2000,
  // Longer than proxies keep their connections, mostly 60 s: a push on a connection that ends at that moment is
  // lost.
  keepAlive: 75_000,
  // Longer than the five minutes that an export waits for its client.
  silence: 360_000,
  linger: 10_000,
  headerBytes: 16_384,
  connections: 10_000,
  unreadBytes: 64 * 1024 * 1024,
};

/** Nest's adapter for Express, with a server that has the limits. */
export class LimitedHttpAdapter extends ExpressAdapter {
  constructor(private readonly limits: ConnectionLimits) {
    super();
  }

  /** Creates the server itself: some limits can only be given at that time, and Nest gives none. */
  override initHttpServer(): void {
    const { headersTimeout, requestTimeout, checkEvery, keepAlive, headerBytes } = this.limits;
    const express = this.getInstance<ExpressInstance>();
    const server: Server = createServer(
      {
        headersTimeout,
        requestTimeout,
        connectionsCheckingInterval: checkEvery,
        keepAliveTimeout: keepAlive,
        maxHeaderSize: headerBytes,
        // Node's own answer has no body. hostNeeded() refuses such a request instead.
        requireHostHeader: false,
        ...withPrototypesOf(express),
      },
      oneAtATime(express),
    );
    server.timeout = this.limits.silence;
    makeRoom(server, this.limits.connections);
    endUnread(server, this.limits.unreadBytes);
    lingerBriefly(server, this.limits.linger);
    explainUnreadable(server, this.limits);
    // The server may ignore an unknown expectation (RFC 9110, 10.1.1). Node's own answer would be 417 without a
    // body.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    this.httpServer = server;
  }
}

/** An Express application. It gives each request and answer these prototypes. */
interface ExpressInstance extends RequestListener {
  request: object;
  response: object;
}

/**
 * Makes classes of requests and answers that have Express's prototypes from the beginning. Express calls
 * `Object.setPrototypeOf` for each request and answer, which does nothing then. If it changes the prototype, all code
 * that touches them later is slow: 100 µs a request.
 */
function withPrototypesOf(express: ExpressInstance): {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
} {
  class ExpressRequest extends IncomingMessage {}
  Object.setPrototypeOf(ExpressRequest.prototype, express.request);
  express.request = ExpressRequest.prototype;
  class ExpressResponse<R extends IncomingMessage = IncomingMessage> extends ServerResponse<R> {}
  Object.setPrototypeOf(ExpressResponse.prototype, express.response);
  express.response = ExpressResponse.prototype;
  return { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse };
}

/**
 * Limits how long the rest of an answered request may still arrive. A request may be answered before its whole body
 * has arrived, for example when its token is wrong or its body too large. Node reads and drops the rest, so that
 * the client can read the answer, but allows as much time for it as for a whole request.
 *
 * @param most ms for the rest; then the connection is ended
 */
function lingerBriefly(server: Server, most: number): void {
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

/** Requests that may wait on one connection. Hardly any client sends the next request before it has its answer. */
const MOST_WAITING = 100;

type Exchange = readonly [request: IncomingMessage, response: ServerResponse];

/**
 * Handles the requests of a connection one after the other: the next one begins when the previous answer has been
 * sent. A connection with too many waiting requests is ended. Node.js itself hands over all requests that it finds
 * in one read, up to some thousands. They were all answered at once, and the answers waited for the client in
 * memory.
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

/**
 * Node.js emits `close` only for the answer whose turn it is. But code that has seen the request waits for the
 * event.
 */
function close(response: ServerResponse): void {
  response.emit('close');
}
