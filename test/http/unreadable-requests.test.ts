// What Node's HTTP parser gives up is answered like any other error: with its form, its headers and a request id.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONNECTION_LIMITS } from '../../src/http/connections/limited-http-adapter.js';
import { describedApi } from '../support/contract/described.js';
import { Contract, FOR_BROWSERS } from '../support/contract/contract.js';
import { SchemaChecks } from '../support/contract/schemas.js';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';
import { answersIn, type RawAnswer } from '../support/raw-answers.js';
import { until } from '../support/service.js';
import { RawClient } from '../security/raw-clients.js';

const { document } = new Contract(await describedApi());
const isProblem = new SchemaChecks(document, { closed: true }).of({ $ref: '#/components/schemas/Problem' });
const KEY = `Authorization: Bearer ${API_KEY}\r\n`;

let ledger: TestLedger;
/** That waits for nothing. */
let hasty: TestLedger;
let clients: RawClient[] = [];

beforeAll(async () => {
  ledger = await startLedger();
  const times = { headersTimeout: 300, requestTimeout: 300, checkEvery: 50, linger: 300 };
  hasty = await startLedger({}, undefined, { ...CONNECTION_LIMITS, ...times });
});
afterAll(async () => {
  for (const each of [ledger, hasty]) await each.stop();
});
afterEach(() => {
  for (const client of clients) client.end();
  clients = [];
});

/** Sends bytes, and reads until the service ends the connection. */
async function answersTo(at: TestLedger, ...texts: readonly string[]): Promise<RawAnswer[]> {
  const client = await RawClient.open(at.url);
  clients.push(client);
  for (const text of texts) client.write(text);
  await until('the end of the connection', () => client.isEnded);
  return answersIn(client.received);
}

function bodyOf(answer: RawAnswer | undefined): unknown {
  return JSON.parse(answer?.text ?? 'null');
}

function expectProblem(answer: RawAnswer | undefined, status: number, detail: RegExp): void {
  if (answer === undefined) throw new Error('there is no answer');
  expect(answer.status).toBe(status);
  const body = bodyOf(answer);
  expect(isProblem(body)).toBeUndefined();
  expect(body).toMatchObject({ status, detail: expect.stringMatching(detail) });
  expect(body).toMatchObject({ requestId: answer.headers.get('x-request-id') });
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    ...FOR_BROWSERS,
    'content-type': expect.stringMatching(/^application\/problem\+json/),
    connection: 'close',
    date: expect.stringMatching(/GMT$/),
    'x-request-id': expect.stringMatching(/^[\w-]{36}$/),
  });
}

/** The parser of Node.js before 20.19.2 takes it as a header. */
const WITHOUT_NAME: [string, string][] =
  Number.parseInt(process.versions['llhttp'] ?? '') < 9
    ? []
    : [['a header without a name', 'GET /v1/calls HTTP/1.1\r\nHost: l\r\n: x\r\n\r\n']];

describe('A request that is no HTTP', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n'],
    ['a method that is none', 'FETCH! /v1/calls HTTP/1.1\r\nHost: l\r\n\r\n'],
    [
      'two lengths',
      'POST /v1/erasures HTTP/1.1\r\nHost: l\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    ],
    [
      'a length and chunks',
      'POST /v1/erasures HTTP/1.1\r\nHost: l\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ...WITHOUT_NAME,
    ['a TLS greeting', '\u0016\u0003\u0001\u0002'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('because of %s is answered 400', async (_what, text) => {
    const answers = await answersTo(ledger, text);
    expect(answers).toHaveLength(1);
    expectProblem(answers[0], 400, /^The request is not HTTP/);
  });

  it('is answered after the request before it on the connection', async () => {
    const [first, second, ...others] = await answersTo(
      ledger,
      `GET /v1/status HTTP/1.1\r\nHost: l\r\n${KEY}\r\nnonsense\r\n\r\n`,
    );
    expect(first?.status).toBe(200);
    expectProblem(second, 400, /^The request is not HTTP/);
    expect(others).toEqual([]);
  });

  it('for want of a Host is told so', async () => {
    const [ofApi] = await answersTo(ledger, `GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n`);
    expectProblem(ofApi, 400, /1 invalid parameter/);
    expect(bodyOf(ofApi)).toMatchObject({ errors: [{ path: 'Host', message: 'is missing in the headers' }] });
    const [old] = await answersTo(ledger, 'GET /health/live HTTP/1.0\r\n\r\n');
    expect(old?.status).toBe(200);
  });
});

describe('A request that is too large', () => {
  it.each([
    ['in one header', `GET /v1/calls HTTP/1.1\r\nHost: l\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['in its headers', `GET /v1/calls HTTP/1.1\r\nHost: l\r\n${'X-A: b\r\n'.repeat(6000)}\r\n`],
    ['in its first line', `GET /v1/calls?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: l\r\n\r\n`],
    ['in a first line that goes on and on', `GET /${'x'.repeat(5_000_000)}`],
  ])('%s is answered 431, though the rest of it is still on its way', async (_where, text) => {
    const answers = await answersTo(ledger, text);
    expect(answers).toHaveLength(1);
    expectProblem(answers[0], 431, /^The first line and the headers are larger than 16384 bytes$/);
  });
});

describe('A request that does not come in time', () => {
  it.each([
    ['at all', ''],
    ['to the end of its headers', 'GET /v1/calls HTTP/1.1\r\nHost: l\r\n'],
    [
      'to the end of its body',
      `POST /v1/erasures HTTP/1.1\r\nHost: l\r\n${KEY}Content-Length: 100\r\n\r\n{"num`,
    ],
  ])('%s is answered 408', async (_how, text) => {
    const answers = await answersTo(hasty, text);
    expect(answers).toHaveLength(1);
    expectProblem(answers[0], 408, /^The request did not come in time$/);
  });

  it('and is a push, is answered 408 in the form of pushes', async () => {
    const text = `POST /push/${PUSH_TOKEN}/call-reports HTTP/1.1\r\nHost: l\r\nContent-Length: 100\r\n\r\n[{"callId"`;
    const [answer, ...others] = await answersTo(hasty, text);
    expect([answer?.status, bodyOf(answer)]).toEqual([
      408,
      { code: 408, msg: 'The request did not come in time' },
    ]);
    expect(others).toEqual([]);
  });
});

describe('A body that is no HTTP', () => {
  const chunked = 'Transfer-Encoding: chunked\r\n\r\nnot a size\r\n';

  it('is answered 400', async () => {
    const answers = await answersTo(ledger, `POST /v1/erasures HTTP/1.1\r\nHost: l\r\n${KEY}${chunked}`);
    expect(answers).toHaveLength(1);
    expectProblem(answers[0], 400, /^The request is not HTTP/);
  });

  it('of a push is answered 400 in the form of pushes', async () => {
    const head = `POST /push/${PUSH_TOKEN}/call-reports HTTP/1.1\r\nHost: l\r\n`;
    const [answer, ...others] = await answersTo(ledger, head + chunked);
    expect([answer?.status, bodyOf(answer)]).toEqual([
      400,
      { code: 400, msg: expect.stringMatching(/^The request is not HTTP/) },
    ]);
    expect(others).toEqual([]);
  });

  it('with extensions of a chunk that are too large is answered 413', async () => {
    const chunk = `Transfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(20_000)}=y\r\n{}\r\n0\r\n\r\n`;
    const answers = await answersTo(ledger, `POST /v1/erasures HTTP/1.1\r\nHost: l\r\n${KEY}${chunk}`);
    expect(answers).toHaveLength(1);
    expectProblem(answers[0], 413, /^The extensions of a chunk are too large$/);
  });
});

describe('An expectation that nobody knows', () => {
  it('is not looked at', async () => {
    const text = `GET /v1/status HTTP/1.1\r\nHost: l\r\n${KEY}Expect: tea\r\nConnection: close\r\n\r\n`;
    expect((await answersTo(ledger, text)).map(({ status }) => status)).toEqual([200]);
  });
});
