// What becomes readable after an upgrade is played by entries that hold what this version can read.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHash, randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { type Answer, API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { rollupDifferences } from '../support/rollups.js';

const LONG_AGO = Date.parse('2025-06-01T02:10:00.000Z');

let ledger: TestLedger;

beforeEach(async () => {
  ledger = await startLedger();
});
afterEach(() => ledger.stop());

interface Kept {
  readonly raw: string;
  readonly records?: number | null;
  readonly receivedAt?: number;
  readonly source?: string;
}

/** Puts an entry into the quarantine as an older version did. Returns its id. */
async function keep({ raw, records = 1, receivedAt = LONG_AGO, source = 'vendor' }: Kept): Promise<string> {
  const id = uuidv7({ msecs: receivedAt, seq: (sequence += 1) });
  await ledger.database.query(
    `INSERT INTO quarantine (id, delivery_id, received_at, source, status, place, reason, sha256, raw, records)
      VALUES ($1, $2, $3, $4, 'open', '/0', 'The record could not be read', $5, $6, $7)`,
    [
      id,
      randomUUID(),
      new Date(receivedAt),
      source,
      records === null ? sha256(raw) : null,
      Buffer.from(raw),
      records,
    ],
  );
  return id;
}
let sequence = 0;

const sha256 = (text: string) => createHash('sha256').update(text).digest();

function post(path: string, body?: unknown): Promise<Answer> {
  return ledger.request(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

const replay = (body: unknown = { status: 'open' }) => post('/v1/quarantine/replay', body);
const entry = async (id: string) => (await ledger.get(`/v1/quarantine/${id}`)).body;
const NONE = {
  dryRun: false,
  examined: 0,
  replayed: 0,
  calls: 0,
  unreadable: 0,
  refused: 0,
  notOpen: 0,
  nextCursor: null,
};

describe('A replay', () => {
  it('brings what can be read now into the ledger, as received when it first came', async () => {
    const id = await keep({ raw: JSON.stringify(record('late')) });
    expect((await replay()).body).toEqual({ ...NONE, examined: 1, replayed: 1, calls: 1 });
    const received = new Date(LONG_AGO).toISOString();
    expect((await ledger.get('/v1/calls/late')).body).toMatchObject({
      callId: 'late',
      source: 'vendor',
      firstReceivedAt: received,
      lastReceivedAt: received,
    });
    const [delivery] = await ledger.database.query<{ id: string }>(
      'SELECT id, via, received_at, records, stored FROM deliveries',
    );
    expect(delivery).toMatchObject({
      via: 'replay',
      received_at: new Date(LONG_AGO),
      records: 1,
      stored: 1,
    });
    expect(await entry(id)).toMatchObject({
      status: 'replayed',
      replayedAs: delivery?.id,
      resolvedAt: expect.stringMatching(/Z$/) as unknown,
    });
    expect(await rollupDifferences(ledger.database)).toEqual([]);
  });

  it('counts first, and changes nothing, when it is a dry run', async () => {
    await keep({ raw: JSON.stringify(record('one')) });
    await keep({ raw: '{"stray":1}' });
    expect((await replay({ dryRun: true })).body).toEqual({
      ...NONE,
      dryRun: true,
      examined: 2,
      replayed: 1,
      calls: 1,
      unreadable: 1,
    });
    expect((await ledger.get('/v1/calls/one')).status).toBe(404);
    expect((await ledger.get('/v1/quarantine?status=open')).body).toMatchObject({
      data: [expect.anything(), expect.anything()],
    });
  });

  it('never overwrites what came after it', async () => {
    await ledger.push([record('corrected', { duration: 2 })]);
    await keep({ raw: JSON.stringify(record('corrected', { duration: 1 })) });
    expect((await replay()).body).toMatchObject({ replayed: 1 });
    expect((await ledger.get('/v1/calls/corrected')).body).toMatchObject({ duration: 2, revision: 1 });
    expect((await ledger.get('/v1/calls/corrected/history')).body).toMatchObject({
      data: [{ call: { duration: 2 } }, { call: { duration: 1 }, revision: null }],
    });
    expect(await rollupDifferences(ledger.database)).toEqual([]);
  });

  it('takes a whole body, and of many records in one entry those that are calls', async () => {
    await keep({ raw: JSON.stringify([record('a'), record('b')]), records: null });
    const shared = await keep({ raw: `[17, ${JSON.stringify(record('c'))}]`, records: 2 });
    // The record that is no call becomes an entry of its own, and is looked at too.
    expect((await replay()).body).toEqual({ ...NONE, examined: 3, replayed: 2, calls: 3, unreadable: 1 });
    for (const callId of ['a', 'b', 'c']) expect((await ledger.get(`/v1/calls/${callId}`)).status).toBe(200);
    const replayedAs = ((await entry(shared)) as { replayedAs: string }).replayedAs;
    expect((await ledger.get(`/v1/quarantine?status=open&deliveryId=${replayedAs}`)).body).toMatchObject({
      data: [{ raw: '17', place: '/0', records: 1 }],
    });
  });

  it('leaves what still is no call open, a record that is an array of calls among it', async () => {
    const nested = await keep({ raw: JSON.stringify([record('nested')]) });
    const broken = await keep({ raw: '[{"callId":"x"', records: null });
    const number = await keep({ raw: '17' });
    expect((await replay()).body).toEqual({ ...NONE, examined: 3, unreadable: 3 });
    for (const id of [nested, broken, number]) expect(await entry(id)).toMatchObject({ status: 'open' });
    expect(await ledger.database.query('SELECT 1 FROM deliveries')).toEqual([]);
  });

  it('is no redelivery of the push whose body it was', async () => {
    const raw = JSON.stringify(record('bare'));
    await ledger.database.query(
      `INSERT INTO deliveries (id, position, received_at, bytes, records, stored, corrected, duplicate, quarantined, ack_ms,
        source, via, sha256) VALUES ($1, next_delivery_position(), $2, 9, 1, 0, 0, 0, 1, 5, 'vendor', 'direct', $3)`,
      [uuidv7({ msecs: LONG_AGO - 1 }), new Date(LONG_AGO - 1), sha256(raw)],
    );
    await keep({ raw });
    expect((await replay()).body).toMatchObject({ replayed: 1 });
    expect((await ledger.get('/v1/calls/bare')).status).toBe(200);
  });

  it('is made once, however many ask for it at the same time', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 30; index += 1)
      ids.push(await keep({ raw: JSON.stringify(record(`call-${index}`)) }));
    const answers = await Promise.all([replay({ ids }), replay({ ids }), replay({ ids }), replay()]);
    const bodies = answers.map(({ status, body }) => {
      expect(status).toBe(200);
      return body as typeof NONE;
    });
    expect(bodies.reduce((sum, { replayed }) => sum + replayed, 0)).toBe(30);
    const [counts] = await ledger.database.query(
      'SELECT count(*)::int AS deliveries, (SELECT count(*)::int FROM calls) AS calls FROM deliveries',
    );
    expect(counts).toEqual({ deliveries: 30, calls: 30 });
    expect(await rollupDifferences(ledger.database)).toEqual([]);
  });

  it('goes on where the one before stopped', async () => {
    await keep({ raw: 'never readable', receivedAt: LONG_AGO - 2, records: null });
    for (const callId of ['a', 'b', 'c']) await keep({ raw: JSON.stringify(record(callId)) });
    const first = (await replay({ status: 'open', limit: 2 })).body as typeof NONE;
    expect(first).toMatchObject({ examined: 2, replayed: 1, unreadable: 1, nextCursor: expect.any(String) });
    const second = (await replay({ status: 'open', limit: 2, cursor: first.nextCursor })).body;
    expect(second).toEqual({ ...NONE, examined: 2, replayed: 2, calls: 2 });
  });

  it('takes the entries of a source, of a time, of a delivery, or with given ids', async () => {
    const old = await keep({ raw: JSON.stringify(record('old')), receivedAt: LONG_AGO - 86_400_000 });
    await keep({ raw: JSON.stringify(record('other')), source: 'other' });
    const wanted = await keep({ raw: JSON.stringify(record('wanted')) });
    expect((await replay({ dryRun: true, source: ['vendor'] })).body).toMatchObject({ examined: 2 });
    expect((await replay({ dryRun: true, receivedTo: '2025-06-01' })).body).toMatchObject({ examined: 1 });
    expect((await replay({ dryRun: true, receivedFrom: '2025-06-01' })).body).toMatchObject({ examined: 2 });
    const { deliveryId } = (await entry(old)) as { deliveryId: string };
    expect((await replay({ dryRun: true, deliveryId: [deliveryId] })).body).toMatchObject({ examined: 1 });
    expect((await replay({ ids: [wanted, randomUUID(), wanted] })).body).toMatchObject({
      examined: 1,
      replayed: 1,
      notOpen: 1,
    });
    expect((await ledger.get('/v1/calls/old')).status).toBe(404);
    expect((await replay({ ids: [wanted] })).body).toMatchObject({ examined: 0, notOpen: 1 });
  });

  it('leaves an entry that the database refuses open, and takes the others', async () => {
    await ledger.database.query("ALTER TABLE calls ADD CONSTRAINT odd CHECK (call_id <> 'odd')");
    const odd = await keep({ raw: JSON.stringify(record('odd')) });
    await keep({ raw: JSON.stringify(record('even')) });
    expect((await replay()).body).toMatchObject({ examined: 2, replayed: 1, refused: 1 });
    expect(await entry(odd)).toMatchObject({ status: 'open' });
    expect((await ledger.get('/v1/calls/even')).status).toBe(200);
  });
});

describe('Discarding an entry', () => {
  it('keeps it to be read, and from being replayed', async () => {
    const id = await keep({ raw: JSON.stringify(record('unwanted')) });
    const discarded = await post(`/v1/quarantine/${id}/discard`);
    expect(discarded.status).toBe(200);
    expect(discarded.body).toMatchObject({ id, status: 'discarded', replayedAs: null });
    expect(await entry(id)).toEqual(discarded.body);
    expect((await post(`/v1/quarantine/${id}/discard`)).body).toEqual(discarded.body);
    expect((await replay()).body).toEqual(NONE);
    expect((await replay({ ids: [id] })).body).toEqual({ ...NONE, notOpen: 1 });
  });

  it('is refused for an entry that is in the ledger, and for none', async () => {
    const id = await keep({ raw: JSON.stringify(record('kept')) });
    await replay({ ids: [id] });
    const refused = await post(`/v1/quarantine/${id}/discard`);
    expect(refused).toMatchObject({ status: 409, body: { detail: 'The entry has been replayed' } });
    expect((await post(`/v1/quarantine/${randomUUID()}/discard`)).status).toBe(404);
    expect((await post('/v1/quarantine/nonsense/discard')).status).toBe(404);
  });
});

const WHICH =
  'must say which entries: ids, source, deliveryId, reason, receivedFrom, receivedTo, or {"status": "open"} for all open ones';

describe('A request that can not be understood', () => {
  it('because it is too large is told so', async () => {
    const answer = await replay(`{"ids": ["${'x'.repeat(140_000)}"]}`);
    expect(answer).toMatchObject({ status: 413, body: { detail: 'The body is larger than 131072 bytes' } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  });

  it.each<[body: unknown, path: string, message: string]>([
    ['{"ids": [', '', 'the body is not JSON'],
    ['[]', '', 'the body must be a JSON object'],
    ['', '', 'the body must be a JSON object'],
    ['{}', '', WHICH],
    [{ limit: 5 }, '', WHICH],
    [{ dryRun: false, ids: null }, '', WHICH],
    [{ status: 'replayed' }, 'status', 'must be one of open'],
    [{ id: [] }, 'id', 'is not a parameter of this request'],
    [{ source: 'x' }, 'source', 'must be an array of texts'],
    [{ ids: ['x'] }, 'ids', 'must be ids of entries'],
    [{ ids: Array.from({ length: 1001 }, () => randomUUID()) }, 'ids', 'must have at most 1000 values'],
    [{ limit: 0 }, 'limit', 'must be a whole number from 1 to 10000'],
    [{ dryRun: 'perhaps' }, 'dryRun', 'must be true or false'],
    [
      { status: 'open', cursor: 'WyJxdWFyYW50aW5lIiwieCJd' },
      'cursor',
      'belongs to another list or to another order',
    ],
  ])('%j is told what is wrong', async (body, path, message) => {
    const answer = await replay(body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path, message }] } });
  });

  it('without a key is refused, and null is as good as missing', async () => {
    const denied = await ledger.request('/v1/quarantine/replay', {
      method: 'POST',
      body: '{"status":"open"}',
    });
    expect(denied.status).toBe(401);
    expect((await replay({ status: 'open', ids: null, limit: null, dryRun: null })).body).toEqual(NONE);
  });
});
