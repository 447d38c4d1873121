import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { record } from '../support/records.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { until } from '../support/service.js';
import { rollupDifferences } from '../support/rollups.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger({ ACK_DEADLINE_MS: '60000' });
});
afterAll(() => ledger.stop());

async function call(callId: string): Promise<Record<string, unknown>> {
  return (await ledger.get(`/v1/calls/${callId}`)).body as Record<string, unknown>;
}

describe('A body', () => {
  it('of more records than anybody pushes is refused and kept whole', async () => {
    const body = JSON.stringify(Array.from({ length: 50_001 }, (_, index) => index));
    const answer = await ledger.push(body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('more than 50000 records');
    const kept = await ledger.database.query<{ raw: Buffer }>(
      'SELECT raw FROM quarantine WHERE sha256 IS NOT NULL',
    );
    expect(kept.map(({ raw }) => raw.toString())).toEqual([body]);
  });

  it('of 50,000 calls is taken', async () => {
    const calls = Array.from({ length: 50_000 }, (_, index) => ({ callId: `many-${index}` }));
    // As the vendor does: a busy machine may not be done within the limit of a statement.
    await until('all to be taken', async () => (await ledger.push(calls)).status === 200);
    const [row] = await ledger.database.query<{ count: string }>(
      "SELECT count(*) FROM calls WHERE call_id LIKE 'many-%'",
    );
    expect(row?.count).toBe('50000');
  });

  it('of more than 1,000 unreadable records keeps every one, in a bounded number of entries', async () => {
    const records = Array.from({ length: 3000 }, (_, index) => ({ stray: index }));
    expect((await ledger.push(records)).status).toBe(200);
    const entries = await ledger.database.query<{ raw: Buffer }>(
      "SELECT raw FROM quarantine WHERE raw::text <> '' AND sha256 IS NULL ORDER BY id",
    );
    expect(entries).toHaveLength(1001);
    const kept = entries.flatMap(({ raw }): unknown => JSON.parse(raw.toString()));
    expect(kept).toHaveLength(3000);
    expect(new Set(kept.map((stray) => JSON.stringify(stray)))).toEqual(
      new Set(records.map((stray) => JSON.stringify(stray))),
    );
  });
});

describe('A field', () => {
  it('with a million values is kept as its JSON text', async () => {
    const text = `[${Array.from({ length: 1_000_000 }, (_, index) => index % 10).join(',')}]`;
    expect((await ledger.push(`[{"callId":"wide","list":${text}}]`)).status).toBe(200);
    expect(await call('wide')).toMatchObject({
      extra: { list: text },
      warnings: [{ field: 'list', reason: 'holds more than 10000 values, kept as JSON text' }],
    });
  });

  it('with numbers that would be written with hundreds of digits is kept as its JSON text', async () => {
    expect((await ledger.push('[{"callId":"long","n":[1e999,1]}]')).status).toBe(200);
    expect(await call('long')).toMatchObject({ extra: { n: '[1e999,1]' } });
  });
});

describe('A record', () => {
  it('with 20,000 fields that jsonb can not hold is taken in the time that a push has', async () => {
    const fields = Array.from({ length: 20_000 }, (_, index) => `"k${index}":"\\u0000"`);
    const begin = performance.now();
    expect((await ledger.push(`[{"callId":"hostile",${fields.join(',')}}]`)).status).toBe(200);
    // Once, the record's text was cut up anew for each of them: minutes, in which nobody else was answered.
    expect(performance.now() - begin).toBeLessThan(60_000);
    const { extra } = (await call('hostile')) as { extra: Record<string, string> };
    expect(extra['k0']).toBe('"\\u0000"');
    expect(extra['…']).toContain('"k19999":"\\u0000"');
  });
});

describe('Clocks that are ten thousand years off', () => {
  it('leave the rollups equal to the calls', async () => {
    const calls = Array.from({ length: 3000 }, (_, index) => ({
      callId: `far-${index}`,
      originateTime: index % 2 === 0 ? '0001-01-01T00:00:00Z' : '9999-12-31T23:59:59.999Z',
      startTime: index % 2 === 0 ? '9999-12-31T23:59:59.999Z' : '0001-01-01T00:00:00Z',
      duration: 2_147_483_647,
    }));
    expect((await ledger.push(calls)).status).toBe(200);
    expect(await rollupDifferences(ledger.database)).toEqual([]);
  });
});

describe('A delivery that PostgreSQL refuses for its data', () => {
  it('is kept as it came, and acknowledged', async () => {
    await ledger.database.query("ALTER TABLE calls ADD CONSTRAINT no_such_call CHECK (call_id <> 'refused')");
    const body = JSON.stringify([record('refused'), record('beside-it')]);
    expect((await ledger.push(body)).status).toBe(200);
    const kept = await ledger.database.query<{ raw: Buffer; reason: string }>(
      "SELECT raw, reason FROM quarantine WHERE reason LIKE 'The delivery could not be written%'",
    );
    expect(kept.map(({ raw }) => raw.toString())).toEqual([body]);
    expect(kept[0]?.reason).not.toContain('13900000000');
  });
});
