// Names of tasks and batches: who gives them, and where they stand.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey, withKey } from '../support/api-keys.js';
import { API_KEY, type Answer, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { dataOf, expectProblem, object, pushed } from '../contract/helpers.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await pushed(ledger, [
    record('one', { taskId: 'task-1', batchId: 'batch-1' }),
    record('two', { taskId: 'task-2', batchId: 'batch-1' }),
  ]);
});
afterAll(() => ledger.stop());

function put(path: string, body: object, key = API_KEY): Promise<Answer> {
  return ledger.request(path, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const LABEL_OF_TASK = '/v1/tasks/task-1/label';
const LABEL_OF_BATCH = '/v1/tasks/task-1/batches/batch-1/label';

describe('A label', () => {
  it('stands at its task and batch, and nowhere else', async () => {
    const named = await put(LABEL_OF_TASK, { name: ' Spring sale ', note: 'Shorter greeting' });
    expect(named.body).toEqual({
      taskId: 'task-1',
      batchId: null,
      name: 'Spring sale',
      note: 'Shorter greeting',
    });
    expect((await put(LABEL_OF_BATCH, { name: '第一批' })).status).toBe(200);
    expect((await ledger.get('/v1/tasks/task-1')).body).toMatchObject({
      taskName: 'Spring sale',
      note: 'Shorter greeting',
    });
    expect((await ledger.get('/v1/tasks/task-1/batches/batch-1')).body).toMatchObject({
      taskName: 'Spring sale',
      batchName: '第一批',
      note: null,
    });
    const names = dataOf(await ledger.get('/v1/batches?order=asc')).map((batch) => [
      batch['taskId'],
      batch['taskName'],
      batch['batchName'],
    ]);
    expect(names).toEqual([
      ['task-1', 'Spring sale', '第一批'],
      ['task-2', null, null],
    ]);
  });

  it('stands in statistics by task, and of batches where their task is known', async () => {
    const stats = async (groupBy: string) =>
      dataOf(await ledger.get(`/v1/stats/calls?groupBy=${groupBy}`)).map(({ taskName, batchName }) => [
        taskName,
        batchName,
      ]);
    expect(await stats('taskId')).toEqual([
      ['Spring sale', undefined],
      [null, undefined],
    ]);
    expect(await stats('taskId,batchId')).toEqual([
      ['Spring sale', '第一批'],
      [null, null],
    ]);
    expect(await stats('batchId')).toEqual([[undefined, undefined]]);
    expect(await stats('taskId,batchId&interval=day&fill=true')).toContainEqual(['Spring sale', '第一批']);
  });

  it('stands at a call by its id as in the list of calls', async () => {
    await pushed(ledger, [
      record('of-a-task', { taskId: 'task-1', batchId: null }),
      record('of-a-batch', { taskId: null, batchId: 'batch-9' }),
      record('of-none', { taskId: null, batchId: null }),
    ]);
    await ledger.database.query(`INSERT INTO labels (task_id, batch_id, name, changed_at)
      VALUES ('', 'batch-9', 'Without a task', now()), ('', '', 'Nothing', now())`);
    const ids = ['one', 'two', 'of-a-task', 'of-a-batch', 'of-none'];
    const listed = dataOf(await ledger.get(`/v1/calls?callId=${ids.join(',')}`));
    const found = await Promise.all(
      ids.map(async (id) => object((await ledger.get(`/v1/calls/${id}`)).body)),
    );
    expect(found.map(({ taskName, batchName }) => [taskName, batchName])).toEqual([
      ['Spring sale', '第一批'],
      [null, null],
      ['Spring sale', null],
      [null, 'Without a task'],
      [null, null],
    ]);
    for (const call of found) expect(listed).toContainEqual(call);
    await ledger.database.query("DELETE FROM labels WHERE task_id = ''");
  });

  it('is found by a part of the name, in upper or lower case', async () => {
    const found = async (path: string) => dataOf(await ledger.get(path)).map(({ taskId }) => taskId);
    expect(await found('/v1/tasks?name=SPRING')).toEqual(['task-1']);
    expect(await found(`/v1/batches?name=${encodeURIComponent('一')}`)).toEqual(['task-1']);
    expect(await found('/v1/tasks?name=%25')).toEqual([]);
    expect(await found('/v1/tasks?name=_pring')).toEqual([]);
    expect(await found('/v1/batches?name=spring')).toEqual([]);
  });

  it('is audited with who gave it', async () => {
    const [event] = dataOf(await ledger.get('/v1/audit-events?action=label.changed&limit=1'));
    expect(event).toMatchObject({
      keyId: 'admin',
      detail: { taskId: 'task-1', batchId: 'batch-1', name: '第一批' },
    });
  });

  it('is no change of a call: the feed does not carry it', async () => {
    const { nextCursor } = object((await ledger.get('/v1/changes?after=now&limit=0')).body);
    await put(LABEL_OF_TASK, { name: 'Spring sale 2' });
    expect(object((await ledger.get(`/v1/changes?after=${String(nextCursor)}`)).body)).toMatchObject({
      data: [],
      upToDate: true,
    });
    await put(LABEL_OF_TASK, { name: 'Spring sale' });
  });

  it('gives way to the name of the vendor’s API when it is removed', async () => {
    await ledger.database.query("UPDATE labels SET vendor_name = 'By the vendor' WHERE batch_id = ''");
    expect((await ledger.get('/v1/tasks/task-1')).body).toMatchObject({ taskName: 'Spring sale' });
    expect((await put(LABEL_OF_TASK, { name: '', note: 'x' })).body).toMatchObject({
      name: 'By the vendor',
      note: null,
    });
    expect(dataOf(await ledger.get('/v1/tasks?name=by+the'))).toHaveLength(1);
  });

  it('needs labels:write, a task or batch that the key may see, and no phone number', async () => {
    const { key } = await makeKey(ledger, { scopes: ['calls:read', 'stats:read'] });
    expect((await put(LABEL_OF_TASK, { name: 'x' }, key)).status).toBe(403);
    const other = await makeKey(ledger, { scopes: ['labels:write'], sources: ['other'] });
    expect((await put(LABEL_OF_TASK, { name: 'x' }, other.key)).status).toBe(404);
    const own = await makeKey(ledger, { scopes: ['labels:write'], sources: ['vendor'] });
    expect((await put(LABEL_OF_TASK, { name: 'Autumn' }, own.key)).status).toBe(200);
    expect((await put('/v1/tasks/none/label', { name: 'x' })).status).toBe(404);
    expect((await put('/v1/tasks/task-1/batches/none/label', { name: 'x' })).status).toBe(404);
    for (const body of [{ name: 'Call 13900000001' }, { name: 'a\nb' }, { name: 'x'.repeat(101) }, {}])
      expect(expectProblem(await put(LABEL_OF_TASK, body), 400)).toEqual(['name']);
    expect(expectProblem(await put(LABEL_OF_TASK, { name: 'x', note: '13900000001' }), 400)).toEqual([
      'note',
    ]);
    const seen = await withKey(ledger, own.key, '/v1/tasks/task-1');
    expect(seen.status).toBe(403);
  });
});
