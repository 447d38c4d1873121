// A replica that is behind: what it is asked, what it is not, and what nobody may see go backwards.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ChangeWatcher } from '../../src/query/changes/change-watcher.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';
import { askChanges, Follower } from '../query/changes/follower.js';
import { callIdsOf, get, Pair, send } from './pair.js';

let pair: Pair;

beforeAll(async () => {
  pair = await Pair.start();
  await pair.direct.push(['old-1', 'old-2', 'old-3'].map((callId) => record(callId, { taskId: 'old' })));
  await isReplayed('old-3');
});
afterEach(() => pair.catchUp());
afterAll(() => pair.stop());

async function isReplayed(callId: string): Promise<void> {
  await until(`${callId} on the standby`, async () => {
    const rows = await pair.standby.query(`SELECT FROM calls WHERE call_id = '${callId}'`);
    return rows.length === 1;
  });
}

describe('While the replica is behind', () => {
  it('lists are as it shows them, single things are found all the same, and how far it is behind is told', async () => {
    await pair.standby.pauseReplay();
    const begin = performance.now();
    expect((await pair.service.push([record('new', { taskId: 'new' }), { stray: true }])).status).toBe(200);
    expect(callIdsOf(await get(pair.direct, '/v1/calls?taskId=new'))).toEqual(['new']);
    expect((await get(pair.service, '/v1/calls?taskId=new')).body).toMatchObject({ data: [] });
    expect(await sumOfCalls()).toBe(3);
    const { deliveryId } = (await get(pair.service, '/v1/calls/new')).body as { deliveryId: string };
    const found = [
      '/v1/calls/new/history',
      '/v1/tasks/new',
      `/v1/deliveries/${deliveryId}`,
      `/v1/deliveries/${deliveryId}/body`,
    ];
    for (const path of found) expect([path, (await get(pair.service, path)).status]).toEqual([path, 200]);
    expect((await get(pair.service, '/v1/calls/none')).status).toBe(404);

    await until('the lag to be told', async () => ((await pair.metric('lag_seconds')) ?? 0) > 2);
    const lag = (await pair.metric('lag_seconds')) ?? 0;
    const real = (performance.now() - begin) / 1000;
    const { code, status, message } = await pair.health();
    console.log(`told to be ${lag.toFixed(1)} s behind after ${real.toFixed(1)} s; "${message}"`);
    expect(lag).toBeLessThan(real + 5);
    expect([code, status, message]).toEqual([
      200,
      'up',
      expect.stringMatching(/^It is ([2-9]|\d{2,})\.\d s behind the primary$/),
    ]);
    await pair.standby.resumeReplay();
    await until('the lag to be over', async () => (await pair.metric('lag_seconds')) === 0);
    expect(callIdsOf(await get(pair.service, '/v1/calls?taskId=new'))).toEqual(['new']);
    expect(await pair.metric('fallbacks_total')).toBe(0);
  });

  it('writes rest on what the primary holds', async () => {
    await pair.standby.pauseReplay();
    await pair.service.push([{ callId: '', stray: 1 }, { stray: 2 }]);
    const open = async () => {
      const { body } = await get(pair.service, '/v1/quarantine?status=open');
      return (body as { data: { id: string }[] }).data;
    };
    const data = await open();
    const [one] = data;
    const replay = await send(pair.service, 'POST', '/v1/quarantine/replay', { dryRun: true });
    expect(replay.body).toMatchObject({ examined: data.length });
    const discarded = await send(pair.service, 'POST', `/v1/quarantine/${one?.id ?? ''}/discard`);
    expect(discarded.body).toMatchObject({ id: one?.id, status: 'discarded' });
    expect((await get(pair.service, `/v1/quarantine/${one?.id ?? ''}`)).body).toEqual(discarded.body);
    expect(await open()).toEqual(data.slice(1));
    // A key is known, and is not any more, at once.
    const made = await send(pair.service, 'POST', '/v1/api-keys', { name: 'short', scopes: ['stats:read'] });
    const { id, key } = made.body as { id: string; key: string };
    expect((await get(pair.service, '/v1/stats/calls', key)).status).toBe(200);
    await send(pair.service, 'DELETE', `/v1/api-keys/${id}`);
    expect((await get(pair.service, '/v1/stats/calls', key)).status).toBe(401);
    const { body } = await get(pair.service, '/v1/audit-events?action=key.revoked');
    expect(body).toMatchObject({ data: [{ action: 'key.revoked' }] });
  });

  it('cursors that are ahead of it are answered', async () => {
    await pair.standby.pauseReplay();
    await pair.direct.push([record('ahead-1'), record('ahead-2'), record('ahead-3')]);
    await pair.direct.push([record('ahead-1', { duration: 7 })]);
    for (const path of [
      '/v1/calls?order=asc',
      '/v1/calls/ahead-1/history?',
      '/v1/tasks?',
      '/v1/deliveries?',
    ]) {
      const { body } = await get(pair.direct, `${path}&limit=1`);
      const { nextCursor } = (body as { page: { nextCursor: string } }).page;
      const next = await get(pair.service, `${path}&cursor=${nextCursor}`);
      expect([path, next.status]).toEqual([path, 200]);
    }
  });
});

describe('Whoever follows the feed', () => {
  it('and comes from the primary to a replica that is behind is told nothing twice, nothing older, and then all the rest', async () => {
    const follower = new Follower();
    await follower.catchUp(pair.service.url);
    await pair.standby.pauseReplay();
    await pair.direct.push([record('fed-1', { duration: 1 }), record('fed-2', { duration: 1 })]);
    await pair.direct.push([record('fed-1', { duration: 2 }), record('old-1', { duration: 2 })]);
    // In the middle of the second delivery.
    const middle = await follower.step(pair.direct.url, { limit: 2 });
    expect(middle).toMatchObject({ upToDate: false });
    const behind = await follower.step(pair.service.url);
    expect(behind).toEqual({ data: [], nextCursor: middle.nextCursor, upToDate: true });
    const waiting = follower.step(pair.service.url, { wait: 20 });
    await until(
      'it to wait',
      () => pair.service.app.get(ChangeWatcher, { strict: false }).waitingRequests === 1,
    );
    await pair.standby.resumeReplay();
    expect((await waiting).data).toHaveLength(1);
    await follower.catchUp(pair.service.url);
    expect(follower.steppedBack).toEqual([]);
    const durations = ['fed-1', 'fed-2', 'old-1'].map((callId) => follower.copy.get(callId)?.duration);
    expect(durations).toEqual([2, 1, 2]);
  });

  it('and begins with now, before a list, misses nothing of what is not in the list', async () => {
    await pair.standby.pauseReplay();
    await pair.direct.push([record('between')]);
    const { nextCursor } = await askChanges(pair.service.url, { after: 'now' });
    const listed = callIdsOf(await get(pair.service, '/v1/calls'));
    expect(listed).not.toContain('between');
    await pair.standby.resumeReplay();
    const { data } = await askChanges(pair.service.url, { after: nextCursor, wait: 20 });
    expect(data.map((change) => change.type === 'call' && change.call.callId)).toEqual(['between']);
  });
});

async function sumOfCalls(): Promise<number> {
  const { body } = await get(pair.service, '/v1/stats/calls');
  return (body as { data: { calls: number }[] }).data[0]?.calls ?? 0;
}
