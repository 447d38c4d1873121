// A ledger in, the questions that are asked of it out: each as a path of the API and as the statement behind it.
import type { Client } from 'pg';
import { encodeCursor } from '../../src/http/parameters/cursor.js';
import type { ReadingDatabase } from '../../src/persistence/connections/reading-database.js';
import { ClusterNodes } from '../../src/persistence/schema/distribution/cluster-nodes.js';
import type { Viewer } from '../../src/security/visible-sources.js';
import { BatchRepository } from '../../src/query/batches/batch.repository.js';
import { type CallFilter, conditionsOf } from '../../src/query/calls/call-filter.js';
import { inTime } from '../../src/query/calls/call-order.js';
import { type CallPosition, CallRepository } from '../../src/query/calls/call.repository.js';
import { TaskRepository } from '../../src/query/tasks/task.repository.js';
import { bareDatabase } from './bare-database.js';

export interface Question {
  readonly what: string;
  /** Path and query. */
  readonly path: string;
  /** Asks PostgreSQL the same. */
  readonly bare: () => Promise<unknown>;
  /** The first page of the list of which this is one far behind. */
  readonly firstPage?: string;
}

const EVERYTHING: Viewer = { sources: null };
const ONE_SERVER = new ClusterNodes({ distributed: false });
const PAGE = 50;
/** As many as the smallest ledger has, so that the pages of all ledgers are as long. */
const TASKS = 5;
const BATCHES = 4 * TASKS;
/** 10,000 pages of 50, or what there is. */
const DEEP = 500_000;
const NEWEST_FIRST = `ORDER BY ${inTime('desc')}`;

interface Sample {
  readonly call_id: string;
  readonly task_id: string;
  readonly batch_id: string;
  readonly detail_id: string;
  readonly out_id: string;
  readonly callee: string;
  readonly occurred_at: Date;
  readonly last_received_at: Date;
}

export async function questionsOf(url: string, client: Client): Promise<Question[]> {
  const database = bareDatabase(url, client);
  const sample = await middleOf(client);
  const lists = await Promise.all(
    Object.entries(filtersFor(sample)).map(([name, filter]) => pagesOf(name, filter, client, database)),
  );
  return [...lists.flat(), ...singlesOf(sample, database)];
}

async function middleOf(client: Client): Promise<Sample> {
  const { rows } = await client.query<Sample>(`SELECT * FROM calls ${NEWEST_FIRST}
    OFFSET (SELECT count(*) / 2 FROM calls) LIMIT 1`);
  const [sample] = rows;
  if (sample === undefined) throw new Error('the ledger is empty');
  return sample;
}

/** By each index of the calls, and by none. */
function filtersFor(sample: Sample): Readonly<Record<string, CallFilter>> {
  const day = 86_400_000;
  const from = Math.floor(sample.occurred_at.getTime() / day) * day;
  const receivedFrom = sample.last_received_at.getTime() - 1_800_000;
  return {
    'all calls': {},
    'calls of a day': { from, to: from + day },
    'calls of a task': { taskId: [sample.task_id] },
    'calls of a batch': { batchId: [sample.batch_id] },
    'calls of a detail': { detailId: [sample.detail_id] },
    'calls of an outId': { outId: [sample.out_id] },
    'calls to a number': { callee: [sample.callee] },
    'calls to numbers that end with 7 digits': { calleeEndsWith: sample.callee.slice(-7) },
    'calls received in an hour': { receivedFrom, receivedTo: receivedFrom + 3_600_000 },
  };
}

async function pagesOf(
  name: string,
  filter: CallFilter,
  client: Client,
  database: ReadingDatabase,
): Promise<Question[]> {
  const calls = new CallRepository(database, ONE_SERVER);
  const ask = (after?: CallPosition) => () =>
    calls.list(filter, EVERYTHING, 'desc', after, { limit: PAGE + 1, fields: undefined });
  const path = `/v1/calls?${parametersOf(filter)}`;
  const first = { what: `${name}, first page`, path, bare: ask() };
  const deep = await deepPlace(filter, client);
  if (deep === undefined) return [first];
  const cursor = encodeCursor('calls desc', [deep.place.occurredAt, deep.place.callId]);
  const what = `${name}, page ${deep.page.toLocaleString('en')}`;
  return [first, { what, path: `${path}&cursor=${cursor}`, bare: ask(deep.place), firstPage: first.what }];
}

/** Behind 500,000 calls, or behind nine in ten of them. */
async function deepPlace(
  filter: CallFilter,
  client: Client,
): Promise<{ place: CallPosition; page: number } | undefined> {
  const { where, values } = conditionsOf(filter, EVERYTHING);
  const counted = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM calls ${where}`, values);
  const n = counted.rows[0]?.n ?? 0;
  const page = Math.floor(Math.min(DEEP, n * 0.9) / PAGE);
  if (page < 2) return undefined;
  const text = `SELECT occurred_at, call_id FROM calls ${where} ${NEWEST_FIRST} OFFSET ${(page - 1) * PAGE - 1} LIMIT 1`;
  const [row] = (await client.query<Pick<Sample, 'occurred_at' | 'call_id'>>(text, values)).rows;
  if (row === undefined) return undefined;
  return { place: { occurredAt: row.occurred_at.getTime(), callId: row.call_id }, page };
}

function parametersOf(filter: CallFilter): string {
  const parameters = Object.entries(filter).map(([name, value]: [string, unknown]) => {
    const text = typeof value === 'number' ? new Date(value).toISOString() : String(value);
    return `${name}=${encodeURIComponent(text)}`;
  });
  return [`limit=${PAGE}`, ...parameters].join('&');
}

function singlesOf(sample: Sample, database: ReadingDatabase): Question[] {
  const { call_id: callId, task_id: taskId, batch_id: batchId } = sample;
  const calls = new CallRepository(database, ONE_SERVER);
  const tasks = new TaskRepository(database);
  const batches = new BatchRepository(database);
  return [
    {
      what: 'a call by its id',
      path: `/v1/calls/${encodeURIComponent(callId)}`,
      bare: () => calls.find(callId, EVERYTHING),
    },
    {
      what: `${TASKS} tasks with totals`,
      path: `/v1/tasks?limit=${TASKS}`,
      bare: () => tasks.list(EVERYTHING, 'desc', undefined, TASKS + 1),
    },
    {
      what: 'a task with totals',
      path: `/v1/tasks/${taskId}`,
      bare: () => tasks.find(taskId, EVERYTHING),
    },
    {
      what: `${BATCHES} batches with totals`,
      path: `/v1/batches?limit=${BATCHES}`,
      bare: () => batches.list({}, EVERYTHING, 'desc', undefined, BATCHES + 1),
    },
    {
      what: 'a batch with totals',
      path: `/v1/tasks/${taskId}/batches/${batchId}`,
      bare: () => batches.find(taskId, batchId, EVERYTHING),
    },
  ];
}
