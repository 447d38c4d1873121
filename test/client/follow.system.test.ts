import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Batch, fileCursor, follow, type FollowOptions, LedgerError } from '../../client/src/index.js';
import { encodePlace } from '../../src/query/changes/feed-place.js';
import { dataOf, object, pushed, string } from '../contract/helpers.js';
import { eraseCalls } from '../query/changes/erasing.js';
import { makeKey, revoke } from '../support/api-keys.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';

let ledger: TestLedger;
let folder: string;
let stop: AbortController;

beforeAll(async () => {
  ledger = await startLedger();
  await pushed(
    ledger,
    ['a', 'b', 'c', 'd'].map((callId) => record(callId)),
  );
});
afterAll(() => ledger.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-ledger-follow-'));
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  rmSync(folder, { recursive: true, force: true });
});

const cursorFile = () => join(folder, 'cursor');
const following = (options: Partial<FollowOptions> = {}) =>
  follow({
    ...{ url: ledger.url, key: API_KEY, follower: 'crm', store: fileCursor(cursorFile()) },
    ...{ limit: 2, signal: stop.signal, ...options },
  });

/** Waits until the place at which it begins is kept. */
const begun = () => until('the first cursor', () => existsSync(cursorFile()));

/** What a batch says: a call's id, or that it was erased. */
const idsOf = ({ changes }: Batch) =>
  changes.map((change) => (change.type === 'call' ? change.call.callId : `no ${change.callId}`));

/** The next batch. @throws Error if the loop is over */
async function nextOf(batches: AsyncGenerator<Batch, void>): Promise<string[]> {
  const { value } = await batches.next();
  if (value === undefined) throw new Error('there is no batch');
  return idsOf(value);
}

/** A server that answers the first requests in another way than a ledger does, and is a way to the ledger afterwards. */
async function inFrontOfLedger(...answers: ((response: ServerResponse) => void)[]) {
  const requests: { url: string; headers: IncomingMessage['headers']; at: number }[] = [];
  const server: Server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers, at: Date.now() });
    const answer = answers.shift();
    if (answer !== undefined) answer(response);
    else void pass(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  stop.signal.addEventListener('abort', () => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${port}`, requests };
}

async function pass({ url, headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  const { authorization = '' } = headers;
  const answer = await fetch(new URL(url ?? '', ledger.url), { headers: { authorization } });
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}

describe('A follower', () => {
  it('goes on after the last batch whose loop has ended', async () => {
    for await (const batch of following()) {
      expect(idsOf(batch)).toEqual(['a', 'b']);
      expect(batch.upToDate).toBe(false);
      // What is not finished comes again.
      break;
    }
    expect(existsSync(cursorFile())).toBe(false);
    const again = following();
    expect(await nextOf(again)).toEqual(['a', 'b']);
    expect(await nextOf(again)).toEqual(['c', 'd']);
    await again.return();
    const third = following();
    await expect(
      (async () => {
        for await (const batch of third) throw new Error(`failed at ${idsOf(batch).join()}`);
      })(),
    ).rejects.toThrow('failed at c,d');
    expect(await nextOf(following())).toEqual(['c', 'd']);
  });

  it('is known to the ledger, with how far it is', async () => {
    const batches = following({ follower: 'known' });
    await nextOf(batches);
    await pushed(ledger, [record('e'), record('f')]);
    const lag = async () => {
      const [known] = dataOf(await ledger.get('/v1/followers')).filter(({ name }) => name === 'known');
      return known?.['lagChanges'];
    };
    expect(await lag()).toBe(6);
    for (const ids of [
      ['c', 'd'],
      ['e', 'f'],
    ])
      expect(await nextOf(batches)).toEqual(ids);
    expect(await lag()).toBe(2);
  });

  it('is told of what comes while it waits, and of what is erased', async () => {
    const batches = following({ startAt: 'now', limit: 1000 });
    const first = batches.next();
    await begun();
    await pushed(ledger, [record('later')]);
    expect((await first).value).toMatchObject({ changes: [{ call: { callId: 'later' } }], upToDate: true });
    const second = nextOf(batches);
    await eraseCalls(ledger.database, ['later']);
    expect(await second).toEqual(['no later']);
  });

  it('that begins now, begins at that moment after a restart, too', async () => {
    const batches = following({ startAt: 'now' });
    const first = batches.next();
    await begun();
    await pushed(ledger, [record('at first')]);
    await first;
    await batches.return();
    await pushed(ledger, [record('meanwhile')]);
    const again = following({ startAt: 'now', limit: 1000 });
    expect(await nextOf(again)).toEqual(['at first', 'meanwhile']);
  });

  it('gets the calls and fields that it asks for', async () => {
    await pushed(ledger, [record('of-task', { taskId: 'a task' }), record('other', { taskId: 'another' })]);
    const batches = following({ taskId: ['a task', 'none'], fields: ['taskId', 'answered'], limit: 1000 });
    const { value } = await batches.next();
    expect(value?.changes.filter(({ type }) => type === 'call')).toEqual([
      { type: 'call', call: { callId: 'of-task', taskId: 'a task', answered: true } },
    ]);
  });

  it('ends without an error when it is told to, while it waits and while it pauses', async () => {
    const waiting = following({ startAt: 'now' }).next();
    stop.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    stop = new AbortController();
    let tellRetry: () => void = () => undefined;
    const retried = new Promise<void>((resolve) => (tellRetry = resolve));
    const pausing = following({ url: 'http://127.0.0.1:1', onRetry: tellRetry }).next();
    await retried;
    stop.abort();
    expect(await pausing).toEqual({ done: true, value: undefined });
  });
});

describe('What may pass', () => {
  it('is tried again: no connection, one that breaks, and an answer that is cut off', async () => {
    const proxy = await TcpProxy.before(Number(new URL(ledger.url).port));
    try {
      await proxy.refuse();
      const retries: string[] = [];
      const batches = following({
        url: proxy.through(ledger.url),
        onRetry: ({ message, status, isTransient }) => {
          retries.push(message);
          expect({ status, isTransient }).toEqual({ status: 0, isTransient: true });
          void proxy.acceptAgain();
        },
      });
      expect(await nextOf(batches)).toEqual(['a', 'b']);
      expect(retries).toEqual([expect.stringMatching(/^No answer came from http:\/\/127\.0\.0\.1:\d+$/)]);
    } finally {
      await proxy.refuse();
    }
    const cutOff = (response: ServerResponse) => {
      const text = '{"data":[],"nextCursor":"WyJj","upToDate":true}';
      response.writeHead(200, { 'content-length': text.length + 1 });
      response.write(text, () => response.destroy());
    };
    const { url, requests } = await inFrontOfLedger(cutOff);
    expect(await nextOf(following({ url }))).toEqual(['a', 'b']);
    expect(requests).toHaveLength(2);
  });

  it('is tried again: answers of a proxy in place of the ledger', async () => {
    const { url } = await inFrontOfLedger(
      (response) => response.writeHead(502).end('Bad gateway'),
      (response) => response.writeHead(200).end('<html>We are back soon</html>'),
      (response) =>
        response.writeHead(200).end('{"data":[{"type":"call"}],"nextCursor":"WyJj","upToDate":true}'),
    );
    const statuses: number[] = [];
    const options = {
      url,
      longestPauseSeconds: 1,
      onRetry: ({ status }: LedgerError) => statuses.push(status),
    };
    expect(await nextOf(following(options))).toEqual(['a', 'b']);
    expect(statuses).toEqual([502, 200, 200]);
  });

  it('is not tried before the time of Retry-After, in seconds or as a date', async () => {
    const dateMs = Math.ceil(Date.now() / 1000) * 1000 + 3000;
    const { url, requests } = await inFrontOfLedger(
      (response) => response.writeHead(503, { 'retry-after': '2' }).end(),
      (response) => response.writeHead(429, { 'retry-after': new Date(dateMs).toUTCString() }).end(),
    );
    await nextOf(following({ url }));
    const [first, second, third] = requests.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1990);
    expect(third).toBeGreaterThanOrEqual(dateMs);
  });

  it('is tried again when the ledger itself says that there are too many requests', async () => {
    const limited = await startLedger({ QUERY_RATE_LIMIT: '1' });
    try {
      await pushed(
        limited,
        ['a', 'b', 'c'].map((callId) => record(callId)),
      );
      const errors: LedgerError[] = [];
      const batches = following({ url: limited.url, limit: 1, onRetry: (error) => errors.push(error) });
      for (const callId of ['a', 'b', 'c']) expect(await nextOf(batches)).toEqual([callId]);
      expect(errors[0]).toMatchObject({ status: 429, problem: { title: 'Too Many Requests' } });
      expect(errors[0]?.retryAfterMs).toBeGreaterThan(0);
      stop.abort();
    } finally {
      await limited.stop();
    }
  });
});

describe('What does not pass', () => {
  const refusalOf = async (options: Partial<FollowOptions>): Promise<LedgerError> => {
    try {
      await following(options).next();
    } catch (error) {
      if (error instanceof LedgerError) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  it('ends the loop: a wrong key, and one that is revoked while it waits', async () => {
    const wrong = await refusalOf({ key: 'wrong-key-of-the-tests-of-32-characters' });
    expect(wrong).toMatchObject({ status: 401, isTransient: false });
    expect(`${wrong.stack}${JSON.stringify(wrong)}`).not.toContain('wrong-key');
    const made = await makeKey(ledger, { scopes: ['calls:read'] });
    const refusal = refusalOf({ key: () => Promise.resolve(made.key), startAt: 'now' });
    await begun();
    await revoke(ledger, made.id);
    expect((await refusal).status).toBe(401);
  });

  it('ends the loop: a cursor that is ahead of the ledger, as after a restore', async () => {
    const ahead = encodePlace({ position: 1e14, callId: '' });
    writeFileSync(cursorFile(), ahead);
    const refusal = await refusalOf({});
    expect(refusal.status).toBe(400);
    expect(refusal.message).toMatch(/^The ledger answered 400: .*after .*restored.*\(request [\w-]+\)$/);
    expect(readFileSync(cursorFile(), 'utf8')).toBe(ahead);
  });

  it('ends the loop: a redirect, which is not told the key', async () => {
    const elsewhere = await inFrontOfLedger();
    const location = `${elsewhere.url}/v1/changes`;
    const { url } = await inFrontOfLedger((response) => response.writeHead(308, { location }).end());
    const refusal = await refusalOf({ url });
    expect(refusal.message).toBe(`The ledger answered 308: it is at ${location}`);
    expect(elsewhere.requests).toEqual([]);
  });

  it('ends the loop: a file that holds no cursor', async () => {
    for (const text of ['', '{"cursor":1}']) {
      writeFileSync(cursorFile(), text);
      await expect(following().next()).rejects.toThrow('does not hold a cursor');
    }
  });

  it('is refused at once: options that are not valid', () => {
    for (const options of [
      { limit: 0 },
      { limit: 10_001 },
      { waitSeconds: 31 },
      { longestPauseSeconds: 0.5 },
      { follower: 'CRM' },
    ])
      expect(() => following(options)).toThrow(TypeError);
    expect(() => following({ url: 'ledger' })).toThrow('Invalid URL');
  });
});

it('The URL of a ledger may have a path', async () => {
  const { url, requests } = await inFrontOfLedger((response) => {
    response.writeHead(404, { 'content-type': 'application/problem+json' }).end('{}');
  });
  await expect(following({ url: `${url}/ledger` }).next()).rejects.toThrow('The ledger answered 404');
  expect(requests[0]?.url).toMatch(/^\/ledger\/v1\/changes\?/);
  expect(string(object(requests[0]?.headers)['authorization'])).toBe(`Bearer ${API_KEY}`);
});
