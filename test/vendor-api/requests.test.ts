import { afterEach, describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { inspect } from 'node:util';
import { errorText } from '../../src/errors.js';
import { VendorApi, type VendorApiOptions } from '../../src/vendor-api/vendor-api.js';
import { VendorApiError } from '../../src/vendor-api/vendor-api-error.js';
import { envelope, type Handler, type Reply, VendorStandIn } from './stand-in.js';

const ONE_TASK = { Total: 1, PageNo: 1, PageSize: 100, List: [{ TaskId: '1181' }] };
/** Retries at once, and limits of time that a busy machine does not reach. */
const QUICK: Partial<VendorApiOptions> = {
  requestsPerSecond: 10_000,
  backoff: { firstMs: 1, longestMs: 4, jitter: true },
};
const THROTTLED: Reply = {
  text: '{"Code":"Throttling.User","Message":"slow down","Success":false,"RequestId":"R"}',
};

let standIn: VendorStandIn | undefined;
afterEach(async () => {
  await standIn?.close();
  standIn = undefined;
});

async function api(handle: Handler, options: Partial<VendorApiOptions> = {}): Promise<VendorApi> {
  standIn = await VendorStandIn.listening(handle);
  return new VendorApi(standIn.access, { ...QUICK, ...options });
}

const never = () => new AbortController().signal;

async function tasksOf(vendor: VendorApi, signal = never()): Promise<string[]> {
  const ids: string[] = [];
  for await (const { taskId } of vendor.tasks(signal)) ids.push(taskId);
  return ids;
}

async function failureOf(work: Promise<unknown>): Promise<VendorApiError> {
  const error = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof VendorApiError) return error;
  throw error;
}

describe('Requests to the vendor', () => {
  it('are signed, and name the operation and its parameters', async () => {
    const vendor = await api(() => ({ data: { Total: 0, List: [] } }));
    for await (const task of vendor.tasks(never(), '任务 1+1')) expect(task).toBeUndefined();
    const filter = {
      taskId: '1',
      startCallingTime: 5,
      endCallingTime: 9,
      detailIds: ['9007199254740993', '2'],
    };
    for await (const detail of vendor.details({ ...filter, status: 'failed' }, never()))
      expect(detail).toBeUndefined();
    await vendor.conversation({ taskId: '1', callId: '1^2' }, never());
    await vendor.conversation({ taskId: '1', detailId: '96' }, never());
    const page = { PageNo: '1', PageSize: '100' };
    expect(standIn?.calls.map(({ action, parameters }) => [action, parameters])).toEqual([
      ['QueryAiCallTaskPage', { TaskId: '任务 1+1', ...page }],
      [
        'QueryAiCallDetailPage',
        {
          TaskId: '1',
          Status: '2',
          StartCallingTime: '5',
          EndCallingTime: '9',
          DetailIds: '[9007199254740993,2]',
          ...page,
        },
      ],
      ['QueryConversationDetailInfoNew', { TaskId: '1', CallId: '1^2' }],
      ['QueryConversationDetailInfoNew', { TaskId: '1', DetailId: '96' }],
    ]);
    expect(standIn?.refusals).toEqual([]);
  });

  it('carry a temporary token', async () => {
    standIn = await VendorStandIn.listening(() => ({ data: ONE_TASK }), {
      securityToken: 'made-up+token/==',
    });
    expect(await tasksOf(new VendorApi(standIn.access, QUICK))).toEqual(['1181']);
  });

  it('are refused with another key, and no message or object has the secrets', async () => {
    const secrets = { accessKeySecret: 'another-made-up-secret', securityToken: 'another-made-up-token' };
    standIn = await VendorStandIn.listening(() => ({ data: ONE_TASK }), {
      securityToken: secrets.securityToken,
    });
    const vendor = new VendorApi({ ...standIn.access, ...secrets }, QUICK);
    const error = await failureOf(tasksOf(vendor));
    expect(standIn.refusals).toEqual(['wrong signature']);
    expect(error.problem).toBe('refused');
    expect(error.message).toBe(
      'QueryAiCallTaskPage: the vendor answers HTTP 400 SignatureDoesNotMatch "wrong signature; server canonicalString is: …" (RequestId R)',
    );
    const printed = inspect([error, vendor], { depth: 9, showHidden: true }) + errorText(error);
    for (const secret of Object.values(secrets)) expect(printed).not.toContain(secret);
  });

  it('are not sent faster than they may be', async () => {
    const vendor = await api(() => ({ data: ONE_TASK }), { requestsPerSecond: 50 });
    // Requests may arrive late, so the time is taken before the first one is sent.
    const startedAt = performance.now();
    await Promise.all([tasksOf(vendor), tasksOf(vendor), tasksOf(vendor), tasksOf(vendor), tasksOf(vendor)]);
    const arrivals = (standIn?.calls ?? []).map(({ atMs }) => atMs - startedAt).sort((a, b) => a - b);
    expect(arrivals).toHaveLength(5);
    // Timers may be a millisecond early.
    arrivals.forEach((afterMs, index) => {
      expect(afterMs).toBeGreaterThan(index * 20 - 2);
    });
  });

  it('end when the caller stops', async () => {
    const caller = new AbortController();
    const vendor = await api(() => {
      caller.abort(new Error('the service stops'));
      return 'silence';
    });
    await expect(tasksOf(vendor, caller.signal)).rejects.toThrow('the service stops');
    await expect(tasksOf(vendor, caller.signal)).rejects.toThrow('the service stops');
    expect(standIn?.calls).toHaveLength(1);
  });
});

describe('A request is sent again', () => {
  it.each<[string, Reply]>([
    ['it is throttled', THROTTLED],
    ['it is throttled with 400', { status: 400, text: '{"Code":"Throttling"}' }],
    ['429', { status: 429, text: 'Too many requests' }],
    ['503', { status: 503, text: '' }],
    ['500', { status: 500, text: '<html>' }],
    ['the connection breaks', 'drop'],
    ['the answer does not begin', 'silence'],
    ['the answer does not end', 'half'],
  ])('when %s', async (_name, reply) => {
    const handle: Handler = ({ number }) => (number < 3 ? reply : { data: ONE_TASK });
    const vendor = await api(handle, { answerBeginsMs: 1000, answerEndsMs: 200 });
    expect(await tasksOf(vendor)).toEqual(['1181']);
    expect(standIn?.calls).toHaveLength(3);
  });

  it('with pauses that grow, and hold back other requests too', async () => {
    const vendor = await api(({ number }) => (number <= 4 ? THROTTLED : { data: ONE_TASK }), {
      backoff: { firstMs: 40, longestMs: 80 },
    });
    await tasksOf(vendor);
    const times = standIn?.calls.map(({ atMs }) => atMs) ?? [];
    const gaps = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    expect(gaps).toHaveLength(4);
    gaps.forEach((gap, index) => {
      expect(gap).toBeGreaterThan(([40, 80, 80, 80][index] ?? 0) - 2);
    });
  });

  it('not before the time that the vendor names', async () => {
    const later: Reply = { status: 429, text: '', headers: { 'retry-after': '1' } };
    const vendor = await api(({ number }) => (number === 1 ? later : { data: ONE_TASK }));
    await tasksOf(vendor);
    const [first = 0, second = 0] = standIn?.calls.map(({ atMs }) => atMs) ?? [];
    expect(second - first).toBeGreaterThan(990);
  });

  it('a limited number of times', async () => {
    const vendor = await api(() => THROTTLED, { tries: 4 });
    const error = await failureOf(tasksOf(vendor));
    expect([error.problem, standIn?.calls.length]).toEqual(['throttled', 4]);
    expect(error.message).toBe(
      'QueryAiCallTaskPage: the vendor answers Throttling.User "slow down" (RequestId R)',
    );
  });
});

describe('A request fails at once', () => {
  const large = JSON.stringify({ ...ONE_TASK, Message: 'x'.repeat(70_000) });
  it.each<[string, Reply, string, string]>([
    [
      'for a business error in HTTP 200',
      { text: '{"Code":"isv.TASK_NOT_EXIST","Message":"任务不存在","Success":false,"RequestId":"R-9"}' },
      'refused',
      'the vendor answers isv.TASK_NOT_EXIST "任务不存在" (RequestId R-9)',
    ],
    [
      'for Success: false without a code',
      { text: '{"Success":"false"}' },
      'refused',
      'the vendor answers no code',
    ],
    [
      'for another code beside Success: true',
      { text: '{"Code":"Busy","Success":true}' },
      'refused',
      'the vendor answers Busy',
    ],
    [
      'for missing rights',
      { status: 403, text: '{"Code":"NoPermission","Message":"You are not authorized"}' },
      'refused',
      'the vendor answers HTTP 403 NoPermission "You are not authorized"',
    ],
    ['for 404', { status: 404, text: '<html>nothing' }, 'refused', 'the vendor answers HTTP 404'],
    [
      'for a redirect, which is not followed',
      { status: 302, text: '', headers: { location: '/elsewhere' } },
      'refused',
      'the vendor answers HTTP 302',
    ],
    [
      'for what is no JSON, without quoting it',
      { text: '{"Data":{"CalledNumber":"13900000001"' },
      'unreadable',
      'an answer of 37 characters is not JSON',
    ],
    ['for an empty answer', { text: '' }, 'unreadable', 'an answer of 0 characters is not JSON'],
    [
      'for JSON that is nested too deep',
      { text: `{"a":12345678901234567890,"b":${'['.repeat(25_000)}${']'.repeat(25_000)}}` },
      'unreadable',
      'an answer of 50031 characters is nested too deep',
    ],
    [
      'for what is not UTF-8',
      { text: Buffer.from('{"Code":"OK","Message":"\xd5\xfd"}', 'latin1') },
      'unreadable',
      'An answer is not UTF-8',
    ],
    ['for another kind of JSON', { text: '[]' }, 'unreadable', 'is a list, not an object'],
    ['for another API', { text: '{"status":"UP"}' }, 'unreadable', 'the answer has neither Code nor Success'],
    ['for no data', { text: '{"Code":"OK","Success":true}' }, 'unreadable', 'Data is missing'],
    ['for too many bytes', { text: large }, 'too large', 'An answer has more than 60000 bytes'],
    [
      'for too many bytes after decompression',
      { text: gzipSync(large), headers: { 'content-encoding': 'gzip' } },
      'too large',
      'An answer has more than 60000 bytes',
    ],
  ])('%s', async (_name, reply, problem, message) => {
    const vendor = await api(() => reply, { mostBytes: 60_000, pageSize: 1 });
    const error = await failureOf(tasksOf(vendor));
    expect(error.problem).toBe(problem);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('139');
    expect(standIn?.calls).toHaveLength(1);
  });

  it('names the host, and why, when nobody answers', async () => {
    standIn = await VendorStandIn.listening(() => 'drop');
    const { access } = standIn;
    await standIn.close();
    standIn = undefined;
    const error = await failureOf(tasksOf(new VendorApi(access, { ...QUICK, tries: 2 })));
    expect(error.problem).toBe('unavailable');
    expect(errorText(error)).toMatch(/^127\.0\.0\.1:\d+ could not be reached \(.*ECONNREFUSED/);
  });

  it('names the limit that was passed', async () => {
    const silent = await api(() => 'silence', { answerBeginsMs: 50, tries: 1 });
    expect((await failureOf(tasksOf(silent))).message).toMatch(/ did not begin to answer within 50 ms$/);
    await standIn?.close();
    const slow = await api(() => 'half', { answerBeginsMs: 10_000, answerEndsMs: 50, tries: 1 });
    expect((await failureOf(tasksOf(slow))).message).toMatch(/ did not end its answer within 50 ms$/);
  });
});

it('A success without data is a call that the vendor does not have', async () => {
  const vendor = await api(() => ({ text: envelope(null) }));
  expect(await vendor.conversation({ taskId: '1', callId: '2' }, never())).toBeUndefined();
});
