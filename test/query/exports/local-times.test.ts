// Local times in tables, for spreadsheets.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { expectProblem, pushed } from '../../contract/helpers.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  const without = { ringTime: null, startTime: null, endTime: null };
  // In New York, clocks are put forward at 07:00 UTC on 9 March and back at 06:00 UTC on 2 November.
  await pushed(ledger, [
    record('a', { ...without, originateTime: '2025-03-09 14:59:59' }),
    record('b', { ...without, originateTime: '2025-03-09 15:00:00' }),
    record('c', { ...without, originateTime: '2025-11-02 13:59:59' }),
    record('d', { ...without, originateTime: '2025-11-02 14:00:00' }),
  ]);
});
afterAll(() => ledger.stop());

const times = async (query: string) => {
  const { text } = await ledger.get(
    `/v1/exports/calls?order=asc&fields=originateTime,endTime,duration&${query}`,
  );
  return text.split('\r\n').slice(1, -1);
};
const line = (callId: string, time: string) => expect.stringMatching(`^"${callId}",${time},,[0-9]+$`);

describe('Times in a table', () => {
  it('are in UTC by default, whatever the zone', async () => {
    const expected = [
      line('a', '2025-03-09T06:59:59.000Z'),
      line('b', '2025-03-09T07:00:00.000Z'),
      line('c', '2025-11-02T05:59:59.000Z'),
      line('d', '2025-11-02T06:00:00.000Z'),
    ];
    expect(await times('timeZone=America/New_York')).toEqual(expected);
    expect(await times('times=utc')).toEqual(expected);
  });

  it('are those of the clocks of a zone with times=local', async () => {
    expect(await times('times=local&timeZone=America/New_York')).toEqual([
      line('a', '2025-03-09 01:59:59'),
      line('b', '2025-03-09 03:00:00'),
      line('c', '2025-11-02 01:59:59'),
      line('d', '2025-11-02 01:00:00'),
    ]);
    expect(await times('times=local&for=program')).toEqual([
      line('a', '2025-03-09 14:59:59'),
      line('b', '2025-03-09 15:00:00'),
      line('c', '2025-11-02 13:59:59'),
      line('d', '2025-11-02 14:00:00'),
    ]);
  });

  it('are refused for lines of JSON', async () => {
    const answer = await ledger.get('/v1/exports/calls?format=ndjson&times=local');
    expect(expectProblem(answer, 400)).toEqual(['times']);
    expect((await ledger.get('/v1/exports/calls?format=ndjson&times=utc')).status).toBe(200);
  });
});
