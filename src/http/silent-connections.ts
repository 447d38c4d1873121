// A bound to the connections of a server that refuses nobody: the silent ones make room, then the slow ones.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Beyond the bound, a new connection ends the one that has had no request under way for the longest time; if there is none, the
 * one whose body, and else the one whose reading of an answer, takes the longest. Node's own `maxConnections` refuses the new one
 * instead, which may bring a push.
 */
export function makeRoom(server: Server, most: number): void {
  let open = 0;
  /** Those without a request under way, longest first. */
  const silent = new Set<Socket>();
  /** The others with their newest exchange, longest first. */
  const busy = new Map<Socket, Exchange>();
  server.on('connection', (socket) => {
    open += 1;
    if (open > most) (first(silent) ?? slowest(busy))?.destroy();
    silent.add(socket);
    socket.once('close', () => {
      open -= 1;
      silent.delete(socket);
      busy.delete(socket);
    });
  });
  server.prependListener('request', (request, response) => {
    const { socket } = request;
    silent.delete(socket);
    busy.set(socket, { request, response });
    // An answer that is broken off has broken its connection off.
    response.once('finish', () => {
      if (socket.destroyed || busy.get(socket)?.response !== response) return;
      busy.delete(socket);
      silent.add(socket);
    });
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function first(sockets: Set<Socket>): Socket | undefined {
  const [socket] = sockets;
  // Its end is told of later.
  if (socket !== undefined) sockets.delete(socket);
  return socket;
}

/** Never one whose request is complete and not answered yet: it may be a push. */
function slowest(busy: ReadonlyMap<Socket, Exchange>): Socket | undefined {
  let unread: Socket | undefined;
  for (const [socket, { request, response }] of busy) {
    if (socket.destroyed) continue;
    if (!request.complete) return socket;
    if (response.writableEnded) unread ??= socket;
  }
  return unread;
}
