// A program can ask what its key may do.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SCOPES } from '../../src/security/principal.js';
import { makeKey, withKey } from '../support/api-keys.js';
import { startLedger, type TestLedger } from '../support/ledger.js';

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

it('The key of the settings is told that it may do everything', async () => {
  expect((await ledger.get('/v1/api-keys/current')).body).toEqual({
    id: 'admin',
    name: 'ADMIN_API_KEY',
    scopes: [...SCOPES],
    sources: null,
  });
});

it('A key that was made is told its id, its name, its scopes and its sources', async () => {
  const wish = { name: 'CRM', scopes: ['calls:read', 'numbers:read'] as const, sources: ['vendor'] };
  const { id, key } = await makeKey(ledger, wish);
  expect((await withKey(ledger, key, '/v1/api-keys/current')).body).toEqual({ id, ...wish });
});

it('A key that is not known is told nothing', async () => {
  expect((await withKey(ledger, 'clk_unknown', '/v1/api-keys/current')).status).toBe(401);
});
