// A bound to the connections of a server that refuses nobody: the silent ones make room.
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Beyond the bound, a new connection ends the one that has had no request under way for the longest time. Node's own
 * `maxConnections` refuses the new one instead, which may bring a push.
 */
export function makeRoom(server: Server, most: number): void {
  let open = 0;
  /** Those without a request under way, longest first. */
  const silent = new Set<Socket>();
  server.on('connection', (socket) => {
    open += 1;
    if (open > most) endFirst(silent);
    silent.add(socket);
    socket.once('close', () => {
      open -= 1;
      silent.delete(socket);
    });
  });
  server.prependListener('request', ({ socket }, response) => {
    silent.delete(socket);
    // An answer that is broken off has broken its connection off.
    response.once('finish', () => {
      if (!socket.destroyed) silent.add(socket);
    });
  });
}

function endFirst(sockets: Set<Socket>): void {
  for (const socket of sockets) {
    sockets.delete(socket);
    socket.destroy();
    return;
  }
}
