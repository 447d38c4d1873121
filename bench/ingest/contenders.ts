// Those who write the same records side by side: the service, COPY as the limit, and what one would write otherwise.
import { Client } from 'pg';
import { pushAll } from '../support/closed-loop.js';
import type { Ending } from '../support/ending.js';
import { BASELINE, SERVICE } from '../support/paths.js';
import { AFTER_COMMIT, serve } from '../support/processes.js';
import { pushRequest, RecordSource } from '../support/records.js';
import { COPY_CALLS, copyText } from './copy-rows.js';
import { copyIn } from './copy-in.js';

/** As many connections as the service writes with, and as many rows a transaction (group-commit.ts). */
const WRITERS = 4;
const ROWS_A_GROUP = 1000;

/** Enough pushes under way to fill the service's groups while four of them are written. */
const CONNECTIONS: Readonly<Record<number, number>> = { 1: 256, 20: 256, 100: 96, 1000: 16 };

export interface Contender<Name extends string = 'service' | 'limit' | 'baseline'> {
  readonly name: Name;
  /** Of the process that takes the pushes; COPY has none. */
  readonly pid: number | undefined;
  /**
   * Makes what is to be written, so that the writing itself costs the client next to nothing.
   *
   * @returns writes it, and gives the milliseconds that it took
   */
  prepare(records: number, recordsAPush: number): () => Promise<number>;
  stop(): Promise<void> | void;
}

/** All three on one database, in its one table of calls, so that what they write into is the same. */
export async function startContenders(ending: Ending, databaseUrl: string): Promise<Contender[]> {
  const environment = { DATABASE_URL: databaseUrl };
  const service = await serve(ending, SERVICE, { ...environment, ...AFTER_COMMIT }, '/health/ready');
  const baseline = await serve(ending, BASELINE, environment, '/health');
  return [
    {
      name: 'service',
      pid: service.pid,
      prepare: pushing(service.port, new RecordSource('service')),
      stop: service.stop,
    },
    { name: 'limit', pid: undefined, ...(await copying(ending, databaseUrl)) },
    {
      name: 'baseline',
      pid: baseline.pid,
      prepare: pushing(baseline.port, new RecordSource('baseline')),
      stop: baseline.stop,
    },
  ];
}

/** Pushes over as many connections as fill the service's groups. */
export function pushing(port: number, source: RecordSource): Contender['prepare'] {
  return (records, recordsAPush) => {
    const requests = Array.from({ length: Math.ceil(records / recordsAPush) }, () =>
      pushRequest(source.take(recordsAPush)),
    );
    return () => pushAll(port, requests, CONNECTIONS[recordsAPush] ?? WRITERS);
  };
}

async function copying(ending: Ending, databaseUrl: string): Promise<Pick<Contender, 'prepare' | 'stop'>> {
  const clients = Array.from({ length: WRITERS }, () => new Client({ connectionString: databaseUrl }));
  await Promise.all(clients.map((client) => client.connect()));
  const stop = ending.add(async () => {
    await Promise.all(clients.map((client) => client.end()));
  });
  const source = new RecordSource('limit');
  const prepare: Contender['prepare'] = (records, recordsAPush) => {
    const groups = Array.from({ length: Math.ceil(records / ROWS_A_GROUP) }, () =>
      Buffer.concat(
        Array.from({ length: ROWS_A_GROUP / recordsAPush }, () => copyText(source.take(recordsAPush))),
      ),
    );
    return () => copyAll(clients, groups);
  };
  return { prepare, stop };
}

/** @returns milliseconds */
async function copyAll(clients: readonly Client[], groups: readonly Buffer[]): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let group = groups[next]; group !== undefined; group = groups[next]) {
        next += 1;
        await copyIn(client, COPY_CALLS, group);
      }
    }),
  );
  return performance.now() - startedAt;
}
