// A connection to PostgreSQL in; it then lets others have their turn while a long answer comes in.
import type { Client } from 'pg';

/** What Node.js reads from a socket at once, if there is so much: some 75 calls. */
const FULL_READ_BYTES = 65_536;

/**
 * Node.js reads a busy socket up to 32 times before it looks at any other. With five answers of a thousand calls on their way,
 * each turn took 100 to 200 ms, and a push takes several turns: it waited for more than a second.
 */
export function readFairly({ connection }: Client): void {
  const { stream } = connection;
  stream.on('data', (bytes: Buffer) => {
    if (bytes.length < FULL_READ_BYTES) return;
    stream.pause();
    setImmediate(() => stream.resume());
  });
}
