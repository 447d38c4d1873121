// Sets the timeouts of a new connection for its whole life. If a pooler is in between, each transaction sets its own.
import type { Client, ClientBase } from 'pg';

export const CONNECT_TIME_OUT_MS = 5000;
/** No caller waits longer for an answer, so the server must not work any longer. */
const STATEMENT_TIME_OUT_MS = 30_000;
/**
 * A statement that waits for a lock, for example behind a migration, gives its connection back and is tried again
 * later.
 */
const LOCK_TIME_OUT_MS = 10_000;

/** Sets the limit for the current transaction. */
export const LOCK_TIME_OUT = `SET LOCAL lock_timeout = ${LOCK_TIME_OUT_MS}`;
const TIME_OUTS = `SET LOCAL statement_timeout = ${STATEMENT_TIME_OUT_MS}; ${LOCK_TIME_OUT}`;

/**
 * The timeouts are not parameters of the connection, because PgBouncer refuses a client with parameters that it does
 * not know.
 */
const SET_WHEN_OWN = {
  text: `SELECT set_config(name, value, false)
    FROM (VALUES ('statement_timeout', $2), ('lock_timeout', $3)) AS setting(name, value)
    WHERE pg_backend_pid() = $1`,
};

const SET = `SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false)`;

const throughPooler = new WeakSet<ClientBase>();

/**
 * Prepares a connection that has just been made. Settings of a session must never be set in a session that a pooler
 * lends to other clients after this transaction. A pooler is recognized by the process id that it reports. The id is
 * made up, because the pooler has no server process of its own.
 *
 * @throws Error if the server does not answer within 5 s
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
 * Whether the connection goes through a pooler. Then every transaction may run in another session of the server. So no
 * statement can be prepared for the next transaction, and each transaction must set its own timeouts.
 */
export function isThroughPooler(client: ClientBase): boolean {
  return throughPooler.has(client);
}

/** The SQL that begins a transaction on the connection. Through a pooler, it also sets the timeouts. */
export function beginOn(client: ClientBase, begin: string): string {
  return isThroughPooler(client) ? `${begin}; ${TIME_OUTS}` : begin;
}

/** Does work whose statements, each a transaction of its own, may take any time, such as making an index. */
export async function withoutTimeOuts<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  // A pooler's sessions have no timeouts of the service.
  if (isThroughPooler(client)) return work();
  await client.query({ text: SET, values: ['0', '0'] });
  try {
    return await work();
  } finally {
    await client.query({ text: SET, values: [String(STATEMENT_TIME_OUT_MS), String(LOCK_TIME_OUT_MS)] });
  }
}

/** The process id that the server, or the pooler before it, has reported. The types of `pg` do not have it. */
function processIdOf(client: Client): number | null {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : null;
}

/** The most that Node.js reads from a socket at once. That is about 75 calls. */
const FULL_READ_BYTES = 65_536;

/**
 * Makes Node.js turn to other sockets after each full read of this one. By itself, it reads a busy socket up to 32
 * times before it looks at any other. With five answers of a thousand calls under way, each turn took 100 to 200 ms. A
 * push takes several turns, so it waited for more than a second.
 */
function readFairly({ connection }: Client): void {
  const { stream } = connection;
  stream.on('data', (bytes: Buffer) => {
    if (bytes.length < FULL_READ_BYTES) return;
    stream.pause();
    setImmediate(() => stream.resume());
  });
}
