// What of the feed is asked for: sources, tasks and fields, and its form.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_KEY, OTHER_PUSH_TOKEN, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { eraseCalls } from './erasing.js';

interface Line {
  readonly type: string;
  readonly callId?: string;
  readonly call?: Readonly<Record<string, unknown>>;
  readonly nextCursor?: string;
  readonly upToDate?: boolean;
}

let ledger: TestLedger;

beforeEach(async () => {
  ledger = await startLedger();
});
afterEach(() => ledger.stop());

async function push(...records: unknown[]): Promise<void> {
  expect((await ledger.push(records)).status).toBe(200);
}

async function pushOther(...records: unknown[]): Promise<void> {
  const init = { method: 'POST', body: JSON.stringify(records) };
  expect((await ledger.request(`/push/${OTHER_PUSH_TOKEN}/call-reports`, init)).status).toBe(200);
}

async function told(query: string): Promise<string[]> {
  const { status, body } = await ledger.get(`/v1/changes?${query}`);
  expect(status).toBe(200);
  const { data } = body as { data: Line[] };
  return data.map(({ call, callId }) =>
    call === undefined ? `${String(callId)} erased` : String(call['callId']),
  );
}

describe('The feed of a task', () => {
  it('has the calls of the task, and tells of those that a correction has moved away', async () => {
    await push(
      record('a', { taskId: 'one' }),
      record('b', { taskId: 'two' }),
      record('c', { taskId: 'three' }),
    );
    expect(await told('taskId=one')).toEqual(['a']);
    expect(await told('taskId=one,three')).toEqual(['a', 'c']);
    await push(record('a', { taskId: 'two' }));
    expect(await told('taskId=one')).toEqual(['a erased']);
    expect(await told('taskId=two')).toEqual(['b', 'a']);
    expect(await told('taskId=three')).toEqual(['c']);
    await push(record('a', { taskId: 'one' }));
    expect(await told('taskId=one')).toEqual(['a']);
    expect(await told('taskId=two')).toEqual(['b', 'a erased']);
  });

  it('tells of every erased call, because the tasks of these are not kept', async () => {
    await push(record('a', { taskId: 'one' }), record('b', { taskId: 'two' }));
    await eraseCalls(ledger.database, ['b']);
    expect(await told('taskId=one')).toEqual(['a', 'b erased']);
  });
});

describe('The feed of a source', () => {
  it('has the calls of the source, and tells of those that another one has taken over', async () => {
    await push(record('a', { duration: 1 }));
    await pushOther(record('b', { duration: 1 }));
    expect(await told('source=vendor')).toEqual(['a']);
    await pushOther(record('a', { duration: 2 }));
    expect(await told('source=vendor')).toEqual(['a erased']);
    expect(await told('source=nobody')).toEqual([]);
  });
});

describe('A change', () => {
  it('has the fields that were asked for, and callId', async () => {
    await push(record('a', { duration: 5 }));
    const { body } = await ledger.get('/v1/changes?fields=duration,answered');
    expect(body).toMatchObject({ data: [{ type: 'call', call: { callId: 'a', duration: 5 } }] });
    const [change] = (body as { data: Line[] }).data;
    expect(Object.keys(change?.call ?? {})).toEqual(['callId', 'duration', 'answered']);
  });

  it('is a line for those who ask for lines, and the last line is that of the page', async () => {
    await push(record('a', { duration: 5, note: 'line\nbreak' }), record('b'));
    await eraseCalls(ledger.database, ['b']);
    const response = await fetch(`${ledger.url}/v1/changes`, {
      headers: { Authorization: `Bearer ${API_KEY}`, Accept: 'application/x-ndjson' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const text = await response.text();
    expect(text.endsWith('\n')).toBe(true);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    const { body } = await ledger.get('/v1/changes');
    const { data, nextCursor, upToDate } = body as { data: Line[]; nextCursor: string; upToDate: boolean };
    expect(lines).toEqual([...data, { type: 'page', nextCursor, upToDate }]);
    expect(data.map(({ type }) => type)).toEqual(['call', 'erased']);
  });

  it('comes with up to 10,000 others', async () => {
    const records = Array.from({ length: 10_001 }, (_, index) => record(`call-${index}`));
    await push(...records.slice(0, 5000));
    await push(...records.slice(5000));
    const { body } = await ledger.get('/v1/changes?limit=10000&fields=duration');
    expect((body as { data: unknown[] }).data).toHaveLength(10_000);
    expect(body).toMatchObject({ upToDate: false });
  });
});
