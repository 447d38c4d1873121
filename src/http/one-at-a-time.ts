// Bounds what one connection makes the service do and hold: its requests are answered one after the other.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

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
