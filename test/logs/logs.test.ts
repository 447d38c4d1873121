// The log of a real process: one JSON line an event, which names its request and its delivery, and no number or token.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseLink, linkTo, type LedgerProcess, spawnLedger } from '../contract/helpers.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { API_KEY, PUSH_TOKEN } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

const NUMBER = '13900000000';
const STRANGE_TOKEN = 'a-token-that-nobody-has';
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'];

interface Line {
  readonly [field: string]: unknown;
  readonly time: string;
  readonly level: string;
  readonly context: string;
}

let database: TestDatabase;
let link: DatabaseLink;
let service: LedgerProcess;

beforeAll(async () => {
  database = await createDatabase();
  link = await linkTo(database.url);
  service = await spawnLedger({ DATABASE_URL: link.url, LOG_LEVEL: 'trace' });
  await until('readiness', async () => (await fetch(`${service.url}/health/ready`)).ok);
});
afterAll(async () => {
  await link.open();
  await service.stop();
  await link.close();
  await database.drop();
});

/** Asks, and gives back what was logged with the request's id. */
async function logged(path: string, init: RequestInit = {}): Promise<Line[]> {
  const requestId = `request-${Math.random()}`;
  const headers = { 'x-request-id': requestId, authorization: `Bearer ${API_KEY}` };
  await (await fetch(`${service.url}${path}`, { ...init, headers })).arrayBuffer();
  const ofRequest = () => lines().filter((line) => line['requestId'] === requestId);
  await until('the line of the answer', () => ofRequest().some(({ outcome }) => outcome === 'answered'));
  return ofRequest();
}

/** All but what was printed for people: there is nothing of that kind with an external database. */
function lines(): Line[] {
  const ended = service.output().split('\n').slice(0, -1);
  return ended.map((line) => JSON.parse(line) as Line);
}

const pushTo = (token: string, body: unknown) =>
  logged(`/push/${token}/call-reports`, { method: 'POST', body: JSON.stringify(body) });

describe('A line of the log', () => {
  it('is one JSON object with time, level and context', async () => {
    await until('the lines of the start', () => lines().length > 10);
    for (const { time, level, context } of lines()) {
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(LEVELS).toContain(level);
      expect(context).not.toBe('');
    }
  });

  it('tells of a push by its request and its delivery, and how long it took', async () => {
    const [line] = await pushTo(PUSH_TOKEN, [record('one')]);
    expect(line).toMatchObject({
      level: 'debug',
      context: 'Http',
      method: 'POST',
      route: '/push/:token/call-reports',
      status: 200,
      ms: expect.any(Number),
      deliveryId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(lines()).toContainEqual(
      expect.objectContaining({ outcome: 'kept', keptIn: 'database', deliveryId: line?.['deliveryId'] }),
    );
  });

  it('tells of a push that is refused, as a warning', async () => {
    const [refusal] = await pushTo(STRANGE_TOKEN, [record('two')]);
    expect(refusal).toMatchObject({ level: 'warn', context: 'Push', outcome: 'refused', status: 401 });
    const [unreadable] = await pushTo(PUSH_TOKEN, 17);
    expect(unreadable).toMatchObject({
      level: 'warn',
      status: 400,
      source: 'vendor',
      deliveryId: expect.any(String),
    });
  });

  it('tells of a question by its route', async () => {
    const [line] = await logged(`/v1/calls?callee=${NUMBER}`);
    expect(line).toMatchObject({ level: 'debug', method: 'GET', route: '/v1/calls', status: 200 });
  });

  it('tells of a push and a question that fail because the database is away, in one line each and without a stack', async () => {
    await link.close();
    const [push] = await pushTo(PUSH_TOKEN, [record('three')]);
    expect(push).toMatchObject({ level: 'error', status: 503, deliveryId: expect.any(String) });
    expect(push?.['cause']).toMatch(/the database is not available/);
    const [question] = await logged('/v1/calls/one');
    expect(question).toMatchObject({ level: 'warn', status: 503, route: '/v1/calls/:callId' });
    expect(question).not.toHaveProperty('stack');
    await link.open();
  });

  it('holds no number, no token and no key, whatever comes', async () => {
    for (const path of [`/v1/calls/${NUMBER}`, `/nothing/${NUMBER}`, `/v1/calls?calleeEndsWith=${NUMBER}`])
      await logged(path);
    await pushTo(PUSH_TOKEN, [record('four', { callee: NUMBER, extra: NUMBER }), NUMBER, { callee: NUMBER }]);
    for (const secret of [NUMBER, PUSH_TOKEN, STRANGE_TOKEN, API_KEY])
      expect(service.output()).not.toContain(secret);
  });
});
