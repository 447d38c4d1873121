// A database and a service in, readers of the whole ledger out. They have a thread of their own: the benchmark's own heap is
// large, and to collect it took a quarter of the machine's time while they read.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import { Client } from 'pg';
import type { Ending } from '../support/ending.js';
import { copyOut } from './copy-out.js';
import { download } from './download.js';

const PAGE = 10_000;
export const READERS = ['copy', 'export as CSV', 'export as NDJSON', 'feed'] as const;
export type ReaderName = (typeof READERS)[number];

interface Read {
  /** Of the database. */
  readonly url: string;
  /** What COPY reads. */
  readonly query: string;
  /** Of the service. */
  readonly port: number;
}

/** Reads everything once, and returns the seconds that it took. */
export type ReadOnce = (name: ReaderName) => Promise<number>;

export function startReaders(ending: Ending, read: Read): ReadOnce {
  const thread = new Worker(fileURLToPath(import.meta.url), { workerData: read });
  ending.add(async () => {
    await thread.terminate();
  });
  return async (name) => {
    const answer = once(thread, 'message');
    thread.postMessage(name);
    const [seconds] = (await answer) as [number];
    return seconds;
  };
}

async function inThread(parent: MessagePort): Promise<void> {
  const { url, query, port } = workerData as Read;
  const client = new Client({ connectionString: url });
  await client.connect();
  const readers: Readonly<Record<ReaderName, () => Promise<unknown>>> = {
    copy: () => copyOut(client, query),
    'export as CSV': () => download(port, '/v1/exports/calls?order=asc&for=program'),
    'export as NDJSON': () => download(port, '/v1/exports/calls?order=asc&format=ndjson'),
    feed: () => follow(port),
  };
  parent.on('message', (name: ReaderName) => {
    const begin = performance.now();
    void readers[name]().then(() => {
      parent.postMessage((performance.now() - begin) / 1000);
    });
  });
}

/** From the beginning of the ledger to its end, page by page. */
async function follow(port: number): Promise<void> {
  for (let after = ''; ;) {
    const { tail } = await download(port, `/v1/changes?limit=${PAGE}${after}`, 'application/x-ndjson');
    const [, cursor = ''] = /"nextCursor":"([^"]+)"/.exec(tail) ?? [];
    const next = `&after=${cursor}`;
    if (next === after || cursor === '') return;
    after = next;
  }
}

if (parentPort !== null) await inThread(parentPort);
