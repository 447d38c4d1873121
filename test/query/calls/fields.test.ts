import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LISTED_FIELDS } from '../../../src/query/calls/call-names.js';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';

let ledger: TestLedger;
interface Page {
  readonly data: Record<string, unknown>[];
  readonly page: { readonly nextCursor: string | null };
}

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.push([
    record('a', { originateTime: '2025-06-01 12:00:00', own: 12345678901234567890n.toString() }),
    record('b', { originateTime: '2025-06-01 12:00:01' }),
  ]);
});
afterAll(() => ledger.stop());

const list = async (query: string) => (await ledger.get(`/v1/calls?${query}`)).body as Page;

describe('The fields of a list of calls', () => {
  it('are all of them unless some are named, in the same order', async () => {
    const { data } = await list('callId=a');
    expect(Object.keys(data[0] ?? {})).toEqual([...LISTED_FIELDS]);
    const named = await list(`callId=a&fields=${[...LISTED_FIELDS].reverse().join(',')}`);
    expect(named.data).toEqual(data);
  });

  it('are those that are named, and the callId', async () => {
    expect((await list('fields=outId,answered&order=asc')).data).toEqual([
      { callId: 'a', outId: 'out-of-a', answered: true },
      { callId: 'b', outId: 'out-of-b', answered: true },
    ]);
    expect((await list('callId=a&fields=extra')).data).toEqual([
      { callId: 'a', extra: { own: '12345678901234567890' } },
    ]);
  });

  it('do not have to hold those that the pages are ordered by', async () => {
    const first = await list('fields=outId&limit=1&order=asc');
    const second = await list(`fields=outId&limit=1&order=asc&cursor=${first.page.nextCursor ?? ''}`);
    expect([...first.data, ...second.data].map(({ callId }) => callId)).toEqual(['a', 'b']);
  });

  it('are named when they are none', async () => {
    expect(await ledger.get('/v1/calls?fields=outId,colour')).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            path: 'fields',
            message: expect.stringMatching(/^must be one or more of callId, taskId/) as unknown,
          },
        ],
      },
    });
  });
});
