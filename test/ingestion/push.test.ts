import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { record } from '../support/records.js';
import { startLedger, type TestLedger } from '../support/ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

describe('a push', () => {
  it('is acknowledged exactly as documented, and its call can be read', async () => {
    const answer = await ledger.push([record('first')]);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"code":0,"msg":"Success"}');
    const call = await ledger.get('/v1/calls/first');
    expect(call.body).toMatchObject({
      callId: 'first',
      originateTime: '2025-06-01T01:59:45.000Z',
      answered: true,
    });
  });
});
