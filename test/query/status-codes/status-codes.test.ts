import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';

interface Code {
  readonly code: string;
  readonly label: string | null;
  readonly provenance: string;
  readonly calls: number;
}
interface Codes {
  readonly statusCode: Code[];
  readonly smartStatusCode: Code[];
}

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  await ledger.push([
    record('a', { statusCode: '200010', smartStatusCode: 'POWERED_OFF' }),
    record('b', { statusCode: '200010', smartStatusCode: 'BRAND_NEW' }),
    record('c', { statusCode: '777777', smartStatusCode: null }),
    record('d', { statusCode: '888888', smartStatusCode: 'ANSWERED' }),
  ]);
  await ledger.push([record('d', { statusCode: '777777', smartStatusCode: 'ANSWERED' })]);
});
afterAll(() => ledger.stop());

it('Both tables of codes are listed, with who says so and how many calls have each now', async () => {
  const { status, body } = await ledger.get('/v1/status-codes');
  expect(status).toBe(200);
  const { statusCode, smartStatusCode } = body as Codes;
  const documented = (codes: Code[]) => codes.filter(({ provenance }) => provenance === 'documented');
  expect([documented(statusCode).length, documented(smartStatusCode).length]).toEqual([35, 18]);
  for (const { label } of [...documented(statusCode), ...documented(smartStatusCode)])
    expect(label).toMatch(/\w/);
  expect(statusCode.filter(({ calls, provenance }) => calls > 0 || provenance === 'observed')).toEqual([
    { code: '200010', label: 'Powered off', provenance: 'documented', calls: 2 },
    { code: '777777', label: null, provenance: 'observed', calls: 2 },
  ]);
  expect(smartStatusCode.filter(({ calls }) => calls > 0)).toEqual([
    { code: 'ANSWERED', label: 'Connected', provenance: 'documented', calls: 1 },
    { code: 'POWERED_OFF', label: 'Powered off', provenance: 'documented', calls: 1 },
    { code: 'BRAND_NEW', label: null, provenance: 'observed', calls: 1 },
  ]);
});
