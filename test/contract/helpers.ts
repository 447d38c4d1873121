// What the contract tests share: reading unknown answers, a link to the database that can fail, a real process.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { refuseLeaks, secretsOf } from '../support/leaks.js';
import { API_KEY, OTHER_PUSH_TOKEN, PUSH_TOKEN, type Answer, type TestLedger } from '../support/ledger.js';
import { freePort, until } from '../support/service.js';

export const SUCCESS = '{"code":0,"msg":"Success"}';
export const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** A port that nothing listens on. */
export const NO_DATABASE = 'postgres://nobody:nothing@127.0.0.1:1/none';

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws when the value is not an object: the test then says what it got instead */
export function object(value: unknown): Json {
  if (!isObject(value)) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return value;
}

export function objects(value: unknown): Json[] {
  if (!Array.isArray(value)) throw new Error(`not an array: ${JSON.stringify(value)}`);
  return value.map(object);
}

export function string(value: unknown): string {
  if (typeof value !== 'string') throw new Error(`not a string: ${JSON.stringify(value)}`);
  return value;
}

export function dataOf(answer: Answer): Json[] {
  if (answer.status !== 200) throw new Error(`answer ${answer.status}: ${answer.text}`);
  return objects(object(answer.body)['data']);
}

export function cursorOf(answer: Answer): string | null {
  const cursor = object(object(answer.body)['page'])['nextCursor'];
  return cursor === null ? null : string(cursor);
}

export const callIds = (answer: Answer): string[] => dataOf(answer).map((call) => string(call['callId']));

/** Pushes and expects the acknowledgement. @returns the delivery's id */
export async function pushed(
  ledger: TestLedger,
  body: unknown,
  headers?: Record<string, string>,
): Promise<string> {
  const answer = await ledger.push(body, headers);
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 200, text: SUCCESS });
  return string(answer.headers.get('x-delivery-id'));
}

/** Pushes with the second source's token. */
export function pushFromOther(ledger: TestLedger, body: unknown): Promise<Answer> {
  return ledger.request(`/push/${OTHER_PUSH_TOKEN}/call-reports`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
}

/** The call as the API shows it. */
export async function callOf(ledger: TestLedger, callId: string): Promise<Json> {
  const answer = await ledger.get(`/v1/calls/${encodeURIComponent(callId)}`);
  if (answer.status !== 200) throw new Error(`no call ${callId}: ${answer.status} ${answer.text}`);
  return object(answer.body);
}

export async function countOf(ledger: TestLedger, table: string): Promise<number> {
  const rows = await ledger.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  return rows[0]?.count ?? -1;
}

export const TABLES = [
  'calls',
  'call_revisions',
  'call_rollups',
  'tasks',
  'batches',
  'deliveries',
  'delivery_bodies',
  'quarantine',
] as const;

/** How many rows each table holds. */
export async function rowCounts(ledger: TestLedger): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) counts[table] = await countOf(ledger, table);
  return counts;
}

export interface DeliveryRow {
  [column: string]: unknown;
  id: string;
  position: string;
  source: string;
  received_at: Date;
  redelivery_of: string | null;
  bytes: number;
  records: number;
  stored: number;
  corrected: number;
  duplicate: number;
  quarantined: number;
  via: string;
  sha256: Buffer;
}

export async function deliveryOf(ledger: TestLedger, id: string): Promise<DeliveryRow> {
  const rows = await ledger.database.query<DeliveryRow>('SELECT * FROM deliveries WHERE id = $1', [id]);
  const row = rows[0];
  if (row === undefined) throw new Error(`no delivery ${id}`);
  return row;
}

/** Expects an RFC 9457 answer. @returns the paths it names */
export function expectProblem(answer: Answer, status: number): string[] {
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: answer.text });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({
    type: expect.any(String),
    title: expect.stringMatching(/\w/),
    status,
    detail: expect.stringMatching(/\w/),
  });
  const errors = objects(object(answer.body)['errors']);
  for (const error of errors) {
    expect(error).toEqual({ path: expect.any(String), message: expect.stringMatching(/\w/) });
  }
  return errors.map((error) => string(error['path']));
}

/** Numbers from 0 to 1 that are the same in every run. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface DatabaseLink {
  readonly url: string;
  /** Lets connections through. */
  open(): Promise<void>;
  /** Ends what is connected and refuses what comes. */
  close(): Promise<void>;
  /** Stays connected and answers nothing, as a database behind a dead network does. */
  hang(): void;
}

/** A way to the database that can be cut: opened only when `open` is called. */
export async function linkTo(databaseUrl: string): Promise<DatabaseLink> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let hung = false;
  const serve = (client: Socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [socket, peer] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('data', (bytes) => {
        if (!hung) peer.write(bytes);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        peer.destroy();
      });
    }
  };
  let server: Server | undefined;
  const port = await freePort();
  const open = async () => {
    hung = false;
    if (server?.listening === true) return;
    server = createServer(serve).listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const close = async () => {
    hung = false;
    const ended = new Promise((resolve) => server?.close(resolve));
    for (const socket of sockets) socket.destroy();
    await ended;
  };
  await open();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    open,
    close,
    hang() {
      hung = true;
    },
  };
}

export interface LedgerProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** All that it has written so far. */
  output(): string;
  /** Ends it as an operator does. @returns its exit code @throws Error when it has printed a secret or a number */
  stop(): Promise<number | null>;
}

/** The built service as a process of its own, listening, whatever its database does. */
export async function spawnLedger(environment: Record<string, string>): Promise<LedgerProcess> {
  const port = await freePort();
  const dataDir = mkdtempSync(join(tmpdir(), 'call-ledger-data-'));
  const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  const variables: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    DATA_DIR: dataDir,
    PUSH_TOKENS: `vendor=${PUSH_TOKEN},other=${OTHER_PUSH_TOKEN}`,
    ADMIN_API_KEY: API_KEY,
    PORT: String(port),
    JOURNAL_DIR: 'off',
    ACK_DEADLINE_MS: '20000',
    LOG_FORMAT: 'json',
    QUERY_RATE_LIMIT: '0',
    ...environment,
  };
  // One file: what comes by two pipes, errors and all else, may come in another order than it was written in.
  const log = `${dataDir}.log`;
  const written = openSync(log, 'a');
  const child = spawn(process.execPath, [main], { env: variables, stdio: ['ignore', written, written] });
  closeSync(written);
  const output = () => readFileSync(log, 'utf8');
  const url = `http://127.0.0.1:${port}`;
  try {
    await until(`${url} listens`, async () => {
      if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}`);
      return fetch(`${url}/health/live`).then(
        (response) => response.ok,
        () => false,
      );
    });
  } catch (cause) {
    // Else it would keep the tests from ending.
    child.kill('SIGKILL');
    throw new Error(`no service; it wrote: ${output()}`, { cause });
  }
  return {
    url,
    child,
    output,
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(dataDir, { recursive: true, force: true });
      refuseLeaks(output(), secretsOf(variables));
      return child.exitCode;
    },
  };
}
