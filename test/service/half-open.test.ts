import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { record } from '../support/records.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { until } from '../support/service.js';
import { shortenLimit } from '../support/short-times.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** In which a statement must be answered. */
const WRITE_LIMIT_MS = 15_000;

let proxy: TcpProxy;
let limitAgain: () => void;
let ledger: TestLedger;

beforeAll(async () => {
  limitAgain = shortenLimit(WRITE_LIMIT_MS, 1500);
  ledger = await startLedger({ ACK_DEADLINE_MS: '400' }, async (url) => {
    proxy = await TcpProxy.before(Number(new URL(url).port));
    return proxy.through(url);
  });
});
afterAll(async () => {
  limitAgain();
  await proxy.refuse();
  await ledger.stop();
});

describe('When every open connection to the database falls silent', () => {
  it('pushes are refused in time, and taken again once the connections are given up', async () => {
    await until('the first push', async () => (await ledger.push([record('before')])).status === 200);
    // Several connections, so that work in the background has not taken all of them: then pushes would have new ones.
    await Promise.all(Array.from({ length: 16 }, () => ledger.get('/v1/tasks')));
    proxy.freeze();
    const pushes = Array.from({ length: 15 }, (_, index) => ledger.push([record(`frozen-${index}`)]));
    const answers = await Promise.all(pushes);
    expect(answers.map(({ status }) => status)).toContain(503);
    await until('a push to be taken', async () => (await ledger.push([record('after')])).status === 200);
    await until('the service to be ready', async () => (await ledger.get('/health/ready')).status === 200);
  });
});
