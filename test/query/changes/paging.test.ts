import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangePage } from '../../../src/query/changes/change.dto.js';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record, weighed } from '../../support/records.js';
import { eraseCalls } from './erasing.js';
import { askChanges, Follower } from './follower.js';

let ledger: TestLedger;

beforeEach(async () => {
  ledger = await startLedger();
});
afterEach(() => ledger.stop());

async function push(...records: unknown[]): Promise<void> {
  expect((await ledger.push(records)).status).toBe(200);
}
const ask = (after?: string, limit?: number) =>
  askChanges(ledger.url, { after, ...(limit !== undefined && { limit }) });

/** What a page tells, in short. */
function told({ data }: ChangePage): string[] {
  return data.map((change) =>
    change.type === 'call'
      ? `${change.call.callId} ${change.call.duration ?? ''}`
      : `${change.callId} erased`,
  );
}

describe('The feed', () => {
  it('begins at the beginning, goes on at the cursor, and always gives the next one', async () => {
    const empty = await ask();
    expect(empty).toEqual({ data: [], nextCursor: expect.any(String), upToDate: true });
    await push(record('b', { duration: 1 }));
    await push(record('a', { duration: 2 }));
    const first = await ask(empty.nextCursor);
    expect([told(first), first.upToDate]).toEqual([['b 1', 'a 2'], true]);
    expect(first).toEqual(await ask());
    const second = await ask(first.nextCursor);
    expect(second).toEqual({ data: [], nextCursor: first.nextCursor, upToDate: true });
    const { body } = await ledger.get('/v1/calls/a');
    const { taskName: _, batchName: __, ...call } = body as Record<string, unknown>;
    expect(first.data[1]).toEqual({ type: 'call', call });
  });

  it('gives a call that was corrected at its new place only, also to whoever had passed it', async () => {
    await push(record('a', { duration: 1 }), record('b', { duration: 1 }), record('c', { duration: 1 }));
    const first = await ask(undefined, 2);
    expect([told(first), first.upToDate]).toEqual([['a 1', 'b 1'], false]);
    await push(record('a', { duration: 2 }), record('c', { duration: 2 }));
    const rest = await ask(first.nextCursor);
    expect([told(rest), rest.upToDate]).toEqual([['a 2', 'c 2'], true]);
    expect(told(await ask())).toEqual(['b 1', 'a 2', 'c 2']);
  });

  it('leaves out what changed no call', async () => {
    await push(record('a'));
    const { nextCursor } = await ask();
    await push(record('a'));
    await push(record('a', { duration: 330 }), 'no record');
    await push('no record');
    await push();
    expect(await ask(nextCursor)).toEqual({ data: [], nextCursor, upToDate: true });
  });

  it('can begin now', async () => {
    await push(record('a', { duration: 1 }));
    const now = await ask('now');
    expect([told(now), now.upToDate]).toEqual([[], true]);
    await push(record('b', { duration: 1 }));
    expect(told(await ask(now.nextCursor))).toEqual(['b 1']);
  });

  it('names the next question in its Link header', async () => {
    const { headers, body } = await ledger.get('/v1/changes?after=now&limit=7');
    const { nextCursor } = body as ChangePage;
    expect(headers.get('link')).toBe(`</v1/changes?after=${nextCursor}&limit=7>; rel="next"`);
  });
});

describe('A page of the feed', () => {
  it('holds as much of one large delivery as was asked for', async () => {
    const callIds = Array.from({ length: 2500 }, (_, index) => `call-${String(index).padStart(4, '0')}`);
    await push(...callIds.toReversed().map((callId) => record(callId, { duration: 5 })));
    const pages: ChangePage[] = [];
    do pages.push(await ask(pages.at(-1)?.nextCursor, 1000));
    while (pages.at(-1)?.upToDate === false);
    expect(pages.map(({ data }) => data.length)).toEqual([1000, 1000, 500]);
    expect(pages.flatMap(told)).toEqual(callIds.map((callId) => `${callId} 5`));
  });

  it('ends early where the calls are large, and holds at least one', async () => {
    const large = (callId: string, bytes: number) => record(callId, { duration: 1, note: weighed(bytes) });
    for (const callId of ['a', 'b', 'c', 'd', 'e', 'f']) await push(large(callId, 6_400_000));
    for (const callId of ['g', 'h']) await push(large(callId, 19_200_000));
    await push(record('i', { duration: 1 }));
    const pages: ChangePage[] = [];
    do pages.push(await ask(pages.at(-1)?.nextCursor, 1000));
    while (pages.at(-1)?.upToDate === false);
    expect(pages.map((page) => told(page).join())).toEqual([
      'a 1,b 1,c 1',
      'd 1,e 1,f 1',
      'g 1',
      'h 1',
      'i 1',
    ]);
  });

  it('is not up to date before the end, however many deliveries brought nothing that still stands', async () => {
    await ledger.database.query(`
      INSERT INTO deliveries (id, position, received_at, bytes, records, stored, corrected, duplicate, quarantined,
        ack_ms, source, via, sha256)
      SELECT gen_random_uuid(), nextval('delivery_positions'), now(), 0, 1, 1, 0, 0, 0, 0, 'vendor', 'direct', ''
      FROM generate_series(1, 60000)`);
    await push(record('a', { duration: 1 }));
    const pages: ChangePage[] = [];
    do pages.push(await ask(pages.at(-1)?.nextCursor, 1));
    while (pages.at(-1)?.upToDate === false);
    expect(pages.flatMap(told)).toEqual(['a 1']);
  });
});

describe('An erasure', () => {
  it('is told at its place, and a call that is pushed again comes after it', async () => {
    await push(record('a', { duration: 1 }), record('b', { duration: 1 }));
    const follower = new Follower();
    await follower.catchUp(ledger.url);
    await eraseCalls(ledger.database, ['a', 'b']);
    await push(record('b', { duration: 2 }));
    const page = await follower.step(ledger.url);
    expect([told(page), page.upToDate]).toEqual([['a erased', 'b erased', 'b 2'], true]);
    expect([...follower.copy.keys()]).toEqual(['b']);
    expect(told(await ask())).toEqual(['a erased', 'b erased', 'b 2']);
  });

  it('of many calls is told in pages', async () => {
    const callIds = Array.from({ length: 25 }, (_, index) => `call-${index}`).sort();
    await push(...callIds.map((callId) => record(callId)));
    const { nextCursor } = await ask('now');
    await eraseCalls(ledger.database, callIds);
    await push(record('kept', { duration: 1 }));
    const pages = [await ask(nextCursor, 10)];
    while (pages.at(-1)?.upToDate === false) pages.push(await ask(pages.at(-1)?.nextCursor, 10));
    expect(pages.map(({ data }) => data.length)).toEqual([10, 10, 6]);
    expect(pages.flatMap(told)).toEqual([...callIds.map((callId) => `${callId} erased`), 'kept 1']);
  });
});

describe('A question that makes no sense is refused:', () => {
  it.each([
    ['a cursor that is none', 'after=nonsense', 'after'],
    ['no cursor at all', 'after=', 'after'],
    [
      'the cursor of another list',
      `after=${Buffer.from('["quarantine","x"]').toString('base64url')}`,
      'after',
    ],
    [
      'a cursor with a broken place',
      `after=${Buffer.from('["changes","1",""]').toString('base64url')}`,
      'after',
    ],
    ['fewer than no changes', 'limit=-1', 'limit'],
    ['too many changes', 'limit=10001', 'limit'],
    ['a wait that is too long', 'wait=31', 'wait'],
    ['a wait before now', 'wait=-1', 'wait'],
    ['a part of a second', 'wait=0.5', 'wait'],
    ['a parameter of the other lists', 'cursor=now', 'cursor'],
  ])('%s', async (_what, query, path) => {
    const { status, body } = await ledger.get(`/v1/changes?${query}`);
    expect([status, body]).toMatchObject([400, { errors: [{ path }] }]);
  });

  it('and one without an API key', async () => {
    expect((await ledger.request('/v1/changes')).status).toBe(401);
  });
});
