// A new connection to PostgreSQL in; its time-outs set for as long as it lives, or, where a pooler stands in between,
// the knowledge that each transaction must bring its own.
import type { Client, ClientBase } from 'pg';

export const CONNECT_TIME_OUT_MS = 5000;
/** Nobody waits longer for an answer, and the server must not go on for nobody. */
const STATEMENT_TIME_OUT_MS = 30_000;
/** Who waits for a lock behind somebody's migration gives its connection back and tries again later. */
const LOCK_TIME_OUT_MS = 10_000;

/** For the transaction that they stand in. */
export const LOCK_TIME_OUT = `SET LOCAL lock_timeout = ${LOCK_TIME_OUT_MS}`;
const TIME_OUTS = `SET LOCAL statement_timeout = ${STATEMENT_TIME_OUT_MS}; ${LOCK_TIME_OUT}`;

/** Not as parameters of the connection: PgBouncer refuses a client that brings any it does not know. */
const SET_WHEN_OWN = {
  text: `SELECT set_config(name, value, false)
    FROM (VALUES ('statement_timeout', $2), ('lock_timeout', $3)) AS setting(name, value)
    WHERE pg_backend_pid() = $1`,
};

const throughPooler = new WeakSet<ClientBase>();

/**
 * Prepares a connection that has just been made. What is set for a session must never be set in one that a pooler lends to
 * others after this transaction. A pooler is known by the process id that it gives: a made-up one, since it has no process
 * of the server to name.
 *
 * @throws Error when the server does not answer within 5 s
 */
export async function prepareSession(client: Client): Promise<void> {
  readFairly(client);
  const limit = setTimeout(() => client.connection.stream.destroy(), CONNECT_TIME_OUT_MS);
  try {
    const values = [processIdOf(client), String(STATEMENT_TIME_OUT_MS), String(LOCK_TIME_OUT_MS)];
    const { rows } = await client.query({ ...SET_WHEN_OWN, values });
    if (rows.length === 0) throughPooler.add(client);
  } finally {
    clearTimeout(limit);
  }
}

/**
 * Whether every transaction on the connection may be in another session of the server: then no statement can be prepared
 * for the next one, and none has a time-out that it does not bring along.
 */
export function isThroughPooler(client: ClientBase): boolean {
  return throughPooler.has(client);
}

/** What begins a transaction on the connection, so that its statements have their time-outs. */
export function beginOn(client: ClientBase, begin: string): string {
  return isThroughPooler(client) ? `${begin}; ${TIME_OUTS}` : begin;
}

/** As the server, or who stands before it, has told it; `pg` has no name for it in its types. */
function processIdOf(client: Client): number | null {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : null;
}

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
