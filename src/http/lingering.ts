// What comes of a request after its answer.
import type { Server } from 'node:http';

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
