// What a person wants to see first is there, while the database is away, too.
import { describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { NO_DATABASE, object, pushed, spawnLedger } from '../contract/helpers.js';
import { makeKey, withKey } from '../support/api-keys.js';
import { API_KEY, PUSH_TOKEN, startLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { until } from '../support/service.js';

interface Status {
  readonly databaseAnswers: boolean;
  readonly lastPushAt: string | null;
  readonly openQuarantineEntries: number | null;
  readonly journal: { readonly entries: number; readonly maxBytes: number } | null;
  readonly acknowledgements: { readonly buckets: readonly { readonly count: number }[] };
}

const acknowledged = ({ acknowledgements }: Status) =>
  acknowledgements.buckets.reduce((sum, { count }) => sum + count, 0);

/** Statements that wait for a lock. */
async function waitingFor(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.count ?? 0;
}

describe('The status', () => {
  it('counts what was acknowledged and what could not be read, and knows the last push', async () => {
    const ledger = await startLedger();
    try {
      const ask = async () => (await ledger.get('/v1/status')).body as Status;
      expect(await ask()).toMatchObject({ lastPushAt: null, openQuarantineEntries: 0, journal: null });
      const before = Date.now();
      await pushed(ledger, [record('one'), { stray: true }]);
      await pushed(ledger, [record('two')]);
      // The answer leaves before its time is noted.
      await until('the acknowledgements', async () => acknowledged(await ask()) === 2);
      const status = await ask();
      expect(status).toMatchObject({ databaseAnswers: true, openQuarantineEntries: 1 });
      expect(Date.parse(status.lastPushAt ?? '')).toBeGreaterThanOrEqual(before);
    } finally {
      await ledger.stop();
    }
  });

  it('knows that the database answers while other questions keep it busy', async () => {
    const ledger = await startLedger({ DATABASE_POOL_SIZE: '2' });
    const other = new Client({ connectionString: ledger.database.url });
    await other.connect();
    try {
      await pushed(ledger, [record('one')]);
      await other.query('BEGIN; LOCK TABLE calls');
      const waiting = ledger.get('/v1/calls');
      await until('the question', async () => (await waitingFor(other)) === 1);
      expect((await ledger.get('/v1/status')).body).toMatchObject({
        databaseAnswers: true,
        lastPushAt: expect.any(String),
        openQuarantineEntries: null,
      });
      await other.query('COMMIT');
      expect((await waiting).status).toBe(200);
      expect((await ledger.get('/v1/status')).body).toMatchObject({ openQuarantineEntries: 0 });
    } finally {
      await other.end();
      await ledger.stop();
    }
  });

  it('is not for a key that is limited to sources', async () => {
    const ledger = await startLedger();
    try {
      const { key } = await makeKey(ledger, { scopes: ['stats:read'], sources: ['vendor'] });
      expect((await withKey(ledger, key, '/v1/status')).status).toBe(403);
    } finally {
      await ledger.stop();
    }
  });

  it('says without the database what waits in the journal', async () => {
    const journal = mkdtempSync(join(tmpdir(), 'call-ledger-status-'));
    const ledger = await spawnLedger({ DATABASE_URL: NO_DATABASE, JOURNAL_DIR: journal });
    try {
      const push = { method: 'POST', body: JSON.stringify([record('one')]) };
      expect((await fetch(`${ledger.url}/push/${PUSH_TOKEN}/call-reports`, push)).status).toBe(200);
      const ask = async () => {
        const answer = await fetch(`${ledger.url}/v1/status`, {
          headers: { authorization: `Bearer ${API_KEY}` },
        });
        expect(answer.status).toBe(200);
        return object(await answer.json()) as unknown as Status;
      };
      await until('the push', async () => (await ask()).lastPushAt !== null);
      expect(await ask()).toMatchObject({
        databaseAnswers: false,
        openQuarantineEntries: null,
        journal: { entries: 1 },
      });
    } finally {
      await ledger.stop();
      rmSync(journal, { recursive: true });
    }
  });
});
