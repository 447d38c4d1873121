// Asks a running service by way of openapi-fetch, with the types that openapi-typescript made of its description.
// clients.long.test.ts copies this next to what was generated, compiles it there and runs it.
import createClient from 'openapi-fetch';
import type { Exactly, Report } from './report.js';
import type { components, paths } from './schema.js';

type Call = components['schemas']['Call'];
type CallPage = components['schemas']['CallPage'];
type Problem = components['schemas']['Problem'];

const { LEDGER_URL = '', API_KEY = '' } = process.env;
const client = createClient<paths>({ baseUrl: LEDGER_URL, headers: { authorization: `Bearer ${API_KEY}` } });

/** @throws Error when there is none */
function dataOf<Data>({ data, error }: { data?: Data; error?: Problem }): Data {
  if (data === undefined) throw new Error(error?.detail ?? 'there is no answer');
  return data;
}

async function listedCallIds(): Promise<string[]> {
  const callIds: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { taskId: ['task-1', 'task-2'], from: '2025-06-01', answered: true, limit: 2 };
    const rest = cursor === undefined ? {} : { cursor };
    const { data, page }: CallPage = dataOf(
      await client.GET('/v1/calls', { params: { query: { ...query, order: 'asc', ...rest } } }),
    );
    callIds.push(...data.map(({ callId }) => callId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return callIds;
}

async function report(): Promise<Report> {
  const call = dataOf(
    await client.GET('/v1/calls/{callId}', { params: { path: { callId: '100001^1' } } }),
  ) satisfies Call;
  const selected = await client.GET('/v1/calls', {
    params: { query: { callId: [call.callId], fields: ['outId', 'answered'] } },
  });
  const tasks = dataOf(await client.GET('/v1/tasks'));
  const quarantine = dataOf(await client.GET('/v1/quarantine', { params: { query: { status: ['open'] } } }));
  const replay = dataOf(await client.POST('/v1/quarantine/replay', { body: { dryRun: true } }));
  const wrong = await client.GET('/v1/calls', { params: { query: { limit: 0 } } });
  const missing = await client.GET('/v1/calls/{callId}', { params: { path: { callId: 'nobody' } } });
  // Were a type unknown or any, these lines would not compile.
  const exact: [
    Exactly<typeof call.duration, number | null>,
    Exactly<typeof call.extra, Record<string, unknown> | null>,
    Exactly<(typeof quarantine.data)[0]['status'], 'open' | 'replayed' | 'discarded'>,
    Exactly<typeof missing.error, Problem | undefined>,
  ] = [true, true, true, true];
  return {
    exact: exact.length,
    callIds: await listedCallIds(),
    call: { callId: call.callId, duration: call.duration, warnings: call.warnings?.length ?? 0 },
    selected: dataOf(selected).data[0],
    tasks: tasks.data.map(({ taskId, calls, answerRate }) => ({ taskId, calls, answerRate })),
    quarantined: quarantine.data.map(({ reason, status }) => ({ reason, status })),
    replay: { dryRun: replay.dryRun, examined: replay.examined, replayed: replay.replayed },
    wrong: { status: wrong.error?.status, path: wrong.error?.errors[0]?.path },
    missing: { status: missing.error?.status, detail: missing.error?.detail },
  };
}

process.stdout.write(JSON.stringify(await report()));
