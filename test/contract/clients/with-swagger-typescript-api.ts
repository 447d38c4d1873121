// Asks a running service by way of the client that swagger-typescript-api made of its description.
// clients.long.test.ts copies this next to what was generated, compiles it there and runs it.
import { Api, type Call, type CallPage, type HttpResponse, type Problem } from './client.js';
import type { Exactly, Report } from './report.js';

const { LEDGER_URL = '', API_KEY = '' } = process.env;
const { v1 } = new Api({
  baseUrl: LEDGER_URL,
  baseApiParams: { headers: { authorization: `Bearer ${API_KEY}` } },
});

/**
 * The error of a request that does not go well: the client throws its answer. That of 304, which only a request with
 * If-None-Match gets, is void.
 */
async function problemOf<Data>(pending: Promise<HttpResponse<Data, Problem | void>>): Promise<Problem> {
  try {
    await pending;
  } catch (answer) {
    return (answer as HttpResponse<Data, Problem>).error;
  }
  throw new Error('the request went well');
}

async function listedCallIds(): Promise<string[]> {
  const callIds: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { taskId: ['task-1', 'task-2'], from: '2025-06-01', answered: true, limit: 2 };
    const rest = cursor === undefined ? {} : { cursor };
    const { data, page }: CallPage = (await v1.listCalls({ ...query, order: 'asc', ...rest })).data;
    callIds.push(...data.map(({ callId }) => callId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return callIds;
}

async function report(): Promise<Report> {
  const call = (await v1.getCall('100001^1')).data satisfies Call;
  const selected = await v1.listCalls({ callId: [call.callId], fields: ['outId', 'answered'] });
  const tasks = (await v1.listTasks()).data;
  const quarantine = (await v1.listQuarantine({ status: ['open'] })).data;
  const replay = (await v1.replayQuarantine({ dryRun: true })).data;
  const wrong = await problemOf(v1.listCalls({ limit: 0 }));
  const missing = await problemOf(v1.getCall('nobody'));
  // Were a type unknown or any, these lines would not compile. (Of values of any kind, this generator says any.)
  const exact: [
    Exactly<typeof call.duration, number | null>,
    Exactly<typeof call.extra, Record<string, any> | null>,
    Exactly<(typeof quarantine.data)[0]['status'], 'open' | 'replayed' | 'discarded'>,
    Exactly<typeof missing, Problem>,
  ] = [true, true, true, true];
  return {
    exact: exact.length,
    callIds: await listedCallIds(),
    call: { callId: call.callId, duration: call.duration, warnings: call.warnings?.length ?? 0 },
    selected: selected.data.data[0],
    tasks: tasks.data.map(({ taskId, calls, answerRate }) => ({ taskId, calls, answerRate })),
    quarantined: quarantine.data.map(({ reason, status }) => ({ reason, status })),
    replay: { dryRun: replay.dryRun, examined: replay.examined, replayed: replay.replayed },
    wrong: { status: wrong.status, path: wrong.errors[0]?.path },
    missing: { status: missing.status, detail: missing.detail },
  };
}

process.stdout.write(JSON.stringify(await report()));
