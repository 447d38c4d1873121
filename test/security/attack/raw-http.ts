// Bytes in, exactly as a client of no manners sends them; what the service answers on that connection out.
import { connect } from 'node:net';

/** Longer than the service may take for anything here: then it would keep a connection open for nothing. */
const PATIENCE_MS = 20_000;

/**
 * Sends bytes on a connection of their own and reads until the service closes it. The last request must ask for that
 * (`Connection: close`), or be one that is refused with it.
 *
 * @throws Error when the connection stays open
 */
export function sendRaw(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const patience = setTimeout(() => {
      socket.destroy();
      reject(new Error(`still open, after: ${answer.slice(0, 200)}`));
    }, PATIENCE_MS);
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    // A reset while bytes are still on their way is a refusal too.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(patience);
      resolve(answer);
    });
  });
}

/** A request's head. */
export function head(method: string, target: string, headers: readonly string[] = []): string {
  return [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
}

/** The statuses of all answers on a connection, in order. */
export function statusesOf(answer: string): number[] {
  return [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}
