// Pushes to a path that is nearly right are taken; those to another one are refused so that the operator sees it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnLedger } from '../contract/helpers.js';
import { createDatabase } from '../support/database.js';
import { OTHER_PUSH_TOKEN, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { freshSamples } from '../support/metrics.js';
import { until } from '../support/service.js';

const HINT = 'push to /push/{token}/call-reports, call-notes or call-recordings';
const MISSED = { code: 404, msg: `Pushes are not accepted at this path; ${HINT}` };
/** As many wrong tokens as an address may have in a minute. */
const MOST_WRONG = 60;

interface Told {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

let ledger: TestLedger;
let calls = 0;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

/** Not through the ledger's own `request`: for its description a path with two slashes names a host. */
async function post(
  path: string,
  body: string,
  headers: Record<string, string> = {},
  url = ledger.url,
): Promise<Told> {
  const response = await fetch(url + path, { method: 'POST', body, headers });
  return { status: response.status, body: await response.json(), headers: response.headers };
}

async function seriesOf(name: string): Promise<Record<string, number>> {
  const samples = await freshSamples(async () => (await ledger.get('/metrics')).text);
  return Object.fromEntries([...samples].filter(([series]) => series.startsWith(`${name}{`)));
}

describe('A push whose path has', () => {
  const authorization = `Bearer ${PUSH_TOKEN}`;

  it.each([
    ['two slashes first', `//push/${PUSH_TOKEN}/call-reports`, undefined],
    ['many slashes first', `/////push/${PUSH_TOKEN}/call-reports`, undefined],
    ['two slashes before the token', `/push//${PUSH_TOKEN}/call-reports`, undefined],
    ['two slashes behind the token', `/push/${PUSH_TOKEN}//call-reports`, undefined],
    ['a slash at its end', `/push/${PUSH_TOKEN}/call-reports/`, undefined],
    ['slashes everywhere, and a query with some', `//push//${PUSH_TOKEN}//call-reports//?to=a//b`, undefined],
    ['capitals', `/PUSH/${PUSH_TOKEN}/Call-Reports`, undefined],
    ['two slashes, and its token in the header', '//push//call-reports', authorization],
    ['a slash at its end, and its token in the header', '/push/call-reports/', authorization],
  ])('%s is taken', async (_what, path, token) => {
    calls += 1;
    const callId = `careless-${calls}`;
    const answer = await post(
      path,
      `[{"callId":"${callId}"}]`,
      token === undefined ? {} : { authorization: token },
    );
    expect([answer.status, answer.body]).toEqual([200, { code: 0, msg: 'Success' }]);
    expect((await ledger.get(`/v1/calls/${callId}`)).status).toBe(200);
  });
});

describe('A push to another path', () => {
  it.each([
    [`/push/${PUSH_TOKEN}`],
    [`/push/${PUSH_TOKEN}/`],
    [`/push/${PUSH_TOKEN}/nothing`],
    [`/push/${PUSH_TOKEN}/call-reports/more`],
    [`/push/call-reports/${PUSH_TOKEN}`],
    ['/push'],
    ['/push/'],
    [`/push/${PUSH_TOKEN}/${encodeURIComponent('通话')}`],
    [`/push/${'a/'.repeat(2000)}`],
  ])('is answered 404 with the right one: %#', async (path) => {
    const answer = await post(path, '[{"callId":"missed"}]');
    expect([answer.status, answer.body]).toEqual([404, MISSED]);
    expect((await ledger.get('/v1/calls/missed')).status).toBe(404);
  });

  it.each(['call-report', 'call_reports', 'CallReports', 'callback', 'call-note'])(
    'is told what its path ends with: %s',
    async (end) => {
      const answer = await post(`/push/${PUSH_TOKEN}/${end}`, '[]');
      const msg = `Pushes are not accepted at this path, which ends with /${end}; ${HINT}`;
      expect(answer.body).toEqual({ code: 404, msg });
    },
  );

  it('is counted as missed, for the source of its token, which is as silent as before', async () => {
    const [before, lastBefore] = [
      await seriesOf('call_ledger_pushes_total'),
      await seriesOf('call_ledger_last_push_timestamp_seconds'),
    ];
    await post(`/push/${OTHER_PUSH_TOKEN}/call-report`, '[]');
    await post('/push/call-report', '[]', { authorization: `Bearer ${OTHER_PUSH_TOKEN}` });
    await post('/push/a-token-that-nobody-has/call-report', '[]');
    const after = await seriesOf('call_ledger_pushes_total');
    const added = Object.entries(after).map(([series, value]) => [series, value - (before[series] ?? NaN)]);
    expect(Object.fromEntries(added.filter(([, value]) => value !== 0))).toEqual({
      'call_ledger_pushes_total{source="other",outcome="missed"}': 2,
      'call_ledger_pushes_total{source="(unknown)",outcome="missed"}': 1,
    });
    expect(await seriesOf('call_ledger_last_push_timestamp_seconds')).toEqual(lastBefore);
  });

  it('is refused for its address first', async () => {
    const guarded = await startLedger({ PUSH_ALLOW_FROM: '192.0.2.0/24' });
    try {
      const answer = await post(`/push/${PUSH_TOKEN}/call-report`, '[]', {}, guarded.url);
      expect([answer.status, answer.body]).toEqual([403, { code: 403, msg: 'This address may not push' }]);
    } finally {
      await guarded.stop();
    }
  });

  it('is counted among wrong tokens where it has none that is known, and only there', async () => {
    const other = await startLedger();
    try {
      const miss = (token: string) => post(`/push/${token}/call-report`, '[]', {}, other.url);
      for (let count = 0; count < MOST_WRONG; count += 1) expect((await miss('nobody')).status).toBe(404);
      const refused = await miss('nobody');
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([
        429,
        expect.stringMatching(/^\d+$/),
      ]);
      expect((await miss(PUSH_TOKEN)).status).toBe(404);
      expect((await other.push('[]')).status).toBe(200);
    } finally {
      await other.stop();
    }
  });

  it('is a warning in the log, with the source and without the token or what else the path holds', async () => {
    const database = await createDatabase();
    const service = await spawnLedger({ DATABASE_URL: database.url });
    try {
      await until('ready', async () => (await fetch(`${service.url}/health/ready`)).ok);
      const answer = await post(`/push/${PUSH_TOKEN}/call-report`, '[]', {}, service.url);
      await post(`/push/call-reports/${PUSH_TOKEN}`, '[]', {}, service.url);
      await post('/push/13900000000/callee-13900000000', '[]', {}, service.url);
      const lines = () =>
        service
          .output()
          .split('\n')
          .filter((line) => line.includes('"status":404'))
          .map((line) => JSON.parse(line) as Record<string, unknown>);
      await until('three lines', () => lines().length === 3);
      expect(lines()[0]).toMatchObject({
        level: 'warn',
        context: 'Push',
        outcome: 'refused',
        status: 404,
        source: 'vendor',
        reason: `Pushes are not accepted at this path, which ends with /call-report; ${HINT}`,
        requestId: answer.headers.get('x-request-id'),
      });
      expect(lines()[1]).toMatchObject({ source: 'vendor', reason: MISSED.msg });
      expect(lines()[2]).toMatchObject({ reason: MISSED.msg });
      expect(lines()[2]).not.toHaveProperty('source');
    } finally {
      // It refuses secrets and numbers in what the service has printed.
      await service.stop();
      await database.drop();
    }
  });
});
