// Bounds what one connection makes the service do and hold: its requests are answered one after the other.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that may wait. Hardly any client sends the next one before it has its answer. */
const MOST_WAITING = 100;

type Waiting = readonly [request: IncomingMessage, response: ServerResponse];

/**
 * Node.js hands over all requests that it finds in what it has read of a connection: up to some thousands, each of which was answered
 * at once, and the answers waited for the client in memory. Here the next request begins when the answer before has left. A
 * connection with too many requests is ended.
 */
export function oneAtATime(handle: RequestListener): RequestListener {
  const waitingOn = new WeakMap<Socket, Waiting[]>();
  const begin = (waiting: Waiting[], [request, response]: Waiting) => {
    response.once('close', () => {
      const next = waiting.shift();
      if (next === undefined) waitingOn.delete(request.socket);
      else if (!request.socket.destroyed) begin(waiting, next);
    });
    handle(request, response);
  };
  return (request, response) => {
    const { socket } = request;
    const waiting = waitingOn.get(socket);
    if (socket.destroyed) return;
    if (waiting === undefined) {
      const none: Waiting[] = [];
      waitingOn.set(socket, none);
      begin(none, [request, response]);
    } else if (waiting.length < MOST_WAITING) waiting.push([request, response]);
    else socket.destroy();
  };
}
