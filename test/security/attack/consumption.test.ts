// One client asks for more than anybody needs. It is refused, or answered within bounds, and pushes go on meanwhile.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { request } from 'node:http';
import { once } from 'node:events';
import { API_KEY, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { expectProblem } from '../../contract/helpers.js';

/** Who is kept from an answer by others waits as long as these; a busy machine takes less. */
const WAITED_IN_VAIN_MS = 10_000;
const LONG_POLLS = 200;

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger({ QUERY_RATE_LIMIT: '100000' });
  await ledger.push(Array.from({ length: 300 }, (_, index) => record(`call-${index}`)));
});
afterAll(() => ledger.stop());

const repeated = (name: string, times: number, value = 'a') =>
  Array<string>(times).fill(`${name}=${value}`).join('&');
const list = (times: number, value: (index: number) => string = String) =>
  Array.from({ length: times }, (_, i) => value(i)).join(',');

describe('Too much is refused', () => {
  it.each([
    ['entries a page', '/v1/calls?limit=1000000000', 'limit'],
    ['entries a page, as a float', '/v1/calls?limit=1e9', 'limit'],
    ['entries a page, negative', '/v1/calls?limit=-1', 'limit'],
    ['changes an answer', '/v1/changes?limit=100000', 'limit'],
    ['time to wait', '/v1/changes?wait=86400', 'wait'],
    ['ids in a list', `/v1/calls?callId=${list(101)}`, 'callId'],
    ['ids, the parameter repeated', `/v1/calls?${repeated('callId', 900)}`, 'callId'],
    ['fields', `/v1/calls?fields=${list(900, () => 'callId')}`, 'fields'],
    ['fields of an export', `/v1/exports/calls?${repeated('fields', 900, 'callId')}`, 'fields'],
    ['groups', `/v1/stats/calls?groupBy=${list(900, () => 'taskId')}`, 'groupBy'],
    ['parameters that there are not', `/v1/calls?${list(900, (i) => `&p${i}=1`).replaceAll(',', '')}`, 'p0'],
    ['buckets', '/v1/stats/calls?interval=15m&from=1970-01-01&to=2099-01-01', 'interval'],
    ['a text', `/v1/calls?outId=${'x'.repeat(5000)}`, 'outId'],
  ])('%s', async (_what, path, parameter) => {
    const answer = await ledger.get(path);
    expect(expectProblem(answer, 400)).toContain(parameter);
    // The refusal itself is bounded, too.
    expect(answer.text.length).toBeLessThan(200_000);
  });

  it('ids in a body', async () => {
    for (const body of [{ ids: list(10_000).split(',') }, { source: list(10_000).split(',') }]) {
      const answer = await ledger.request('/v1/quarantine/replay', {
        method: 'POST',
        headers: { authorization: `Bearer ${API_KEY}` },
        body: JSON.stringify(body),
      });
      expect([400, 413]).toContain(answer.status);
    }
  });
});

describe('Pushes are answered, and questions too, while one client', () => {
  async function expectService(withinMs = WAITED_IN_VAIN_MS): Promise<void> {
    const begin = performance.now();
    const { status } = await ledger.push([record(`meanwhile-${begin}`)]);
    expect([status, performance.now() - begin < withinMs]).toEqual([200, true]);
    expect((await ledger.get('/v1/calls?limit=1')).status).toBe(200);
  }

  it(`has ${LONG_POLLS} long polls open`, async () => {
    const { nextCursor } = (await ledger.get('/v1/changes?after=now')).body as { nextCursor: string };
    const headers = { authorization: `Bearer ${API_KEY}` };
    const polls = Array.from({ length: LONG_POLLS }, () =>
      request(`${ledger.url}/v1/changes?after=${nextCursor}&wait=30`, { headers, agent: false }).end(),
    );
    const answered = Promise.all(
      polls.map(async (poll) => {
        const [answer] = (await once(poll, 'response')) as [NodeJS.ReadableStream & { statusCode: number }];
        answer.resume();
        return answer.statusCode;
      }),
    );
    await Promise.all(polls.map((poll) => once(poll, 'finish')));
    await expectService();
    // The push was what they waited for.
    expect(new Set(await answered)).toEqual(new Set([200]));
  });

  it('asks a hundred expensive questions at once', async () => {
    const paths = ['/v1/calls?limit=1000', '/v1/stats/calls?groupBy=taskId', '/v1/status-codes', '/v1/tasks'];
    const headers = { authorization: `Bearer ${API_KEY}` };
    // Not held against the description: that would take longer here than the answer there.
    const questions = Array.from({ length: 100 }, async (_, index) => {
      const answer = await fetch(`${ledger.url}${paths[index % paths.length] ?? ''}`, { headers });
      await answer.arrayBuffer();
      return answer.status;
    });
    // How soon is no matter here: client and service share one process.
    await expectService(Infinity);
    const statuses = new Set(await Promise.all(questions));
    expect([...statuses].filter((status) => ![200, 429].includes(status))).toEqual([]);
  });

  it('holds connections on which nothing is asked', async () => {
    const silent = Array.from({ length: 200 }, () => {
      const opened = request(`${ledger.url}/v1/api-keys`, { method: 'POST', agent: false });
      opened.setHeader('content-length', '10');
      opened.on('error', () => undefined);
      opened.flushHeaders();
      return opened;
    });
    await Promise.all(silent.map((opened) => once(opened, 'socket')));
    await expectService();
    for (const opened of silent) opened.destroy();
  });
});
