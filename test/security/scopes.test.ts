// Every operation of the API is open to keys with its scope alone, and no key does more than its maker can.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scope, SCOPES } from '../../src/security/principal.js';
import { followerOf, prepare, REQUESTS, type Known, WITH_VENDOR } from '../contract/requests.js';
import { askForKey, makeKey, revoke, withKey } from '../support/api-keys.js';
import { Contract } from '../support/contract/contract.js';
import { describedApi } from '../support/contract/described.js';
import { operationsOf } from '../support/contract/document.js';
import { startLedger, type TestLedger } from '../support/ledger.js';

const operations = operationsOf(new Contract(await describedApi()).document).filter(({ path }) =>
  path.startsWith('/v1'),
);
const keyWith: Partial<Record<Scope, string>> = {};

let ledger: TestLedger;
let known: Known;

beforeAll(async () => {
  ledger = await startLedger(WITH_VENDOR);
  known = await prepare(ledger);
  for (const scope of SCOPES) keyWith[scope] = (await makeKey(ledger, { scopes: [scope] })).key;
  // Without `webhooks:manage`, a key has only its own followers.
  await followerOf(ledger, keyWith['calls:read']);
});
afterAll(() => ledger.stop());

/** Those of which it needs one. */
function scopesOf(operation: (typeof operations)[number]): string[] {
  return [...(operation['x-scopes'] ?? [])];
}

describe('An operation', () => {
  it.each(operations)('$method $path ($operationId) names the scope that it needs', (operation) => {
    expect(scopesOf(operation).length).toBeGreaterThan(0);
    expect(SCOPES).toEqual(expect.arrayContaining(scopesOf(operation)));
    expect(operation.security).toEqual([{ apiKey: [] }]);
  });

  it.each(operations)(
    '$method $path ($operationId) is open to its scope, and to no other',
    async (operation) => {
      const { target, body } = REQUESTS[operation.operationId]?.(known) ?? { target: 'no sample' };
      const needed = scopesOf(operation);
      for (const scope of SCOPES) {
        // Making a key is refused to who can't grant what it asks for; the scope alone is what counts here.
        const ask = operation.operationId === 'createApiKey' ? `{"name":"a","scopes":["${scope}"]}` : body;
        const answer = await withKey(ledger, keyWith[scope] ?? '', target, {
          method: operation.method,
          ...(ask === undefined ? {} : { body: ask }),
        });
        expect([scope, answer.status < 300]).toEqual([scope, needed.includes(scope)]);
        if (needed.includes(scope)) continue;
        expect(answer).toMatchObject({
          status: 403,
          body: { detail: `This API key lacks the scope ${needed.join(' or ')}` },
        });
      }
    },
  );
});

describe('Nobody can', () => {
  it('grant a scope that they lack', async () => {
    const { key } = await makeKey(ledger, { scopes: ['keys:manage', 'calls:read'] });
    expect(await askForKey(ledger, { scopes: ['calls:read', 'numbers:read'] }, key)).toMatchObject({
      status: 403,
      body: { detail: "This API key lacks the scope numbers:read, and can't grant it" },
    });
    expect((await askForKey(ledger, { scopes: ['calls:read'] }, key)).status).toBe(201);
  });

  it('grant a source that they lack, all of them included', async () => {
    const { key } = await makeKey(ledger, { scopes: ['keys:manage'], sources: ['vendor', 'third'] });
    for (const sources of [undefined, ['other'], ['vendor', 'other']]) {
      const wish = { scopes: ['keys:manage'] as const, ...(sources && { sources }) };
      expect((await askForKey(ledger, wish, key)).status).toBe(403);
    }
    expect((await askForKey(ledger, { scopes: ['keys:manage'], sources: ['third'] }, key)).status).toBe(201);
  });

  it('revoke a key that can do more', async () => {
    const manager = await makeKey(ledger, { scopes: ['keys:manage', 'calls:read'] });
    const seeing = await makeKey(ledger, { scopes: ['calls:read', 'numbers:read'] });
    const eraser = await makeKey(ledger, { scopes: ['privacy:erase'], sources: ['vendor'] });
    for (const [{ id }, scope] of [
      [seeing, 'numbers:read'],
      [eraser, 'privacy:erase'],
    ] as const) {
      const detail = `This API key lacks the scope ${scope}, and can't revoke a key that has it`;
      expect(await revoke(ledger, id, manager.key)).toMatchObject({ status: 403, body: { detail } });
    }
    expect((await withKey(ledger, seeing.key, '/v1/calls')).status).toBe(200);
    const reader = await makeKey(ledger, { scopes: ['calls:read'] });
    expect((await revoke(ledger, reader.id, manager.key)).status).toBe(204);
    expect((await withKey(ledger, reader.key, '/v1/calls')).status).toBe(401);
    expect((await revoke(ledger, manager.id, manager.key)).status).toBe(204);
  });

  it('make a key that outlives their own', async () => {
    const expiresAt = '2098-01-01T00:00:00.000Z';
    const { key } = await makeKey(ledger, { scopes: ['keys:manage'], expiresAt });
    expect((await askForKey(ledger, { scopes: ['keys:manage'] }, key)).status).toBe(403);
    const later = { scopes: ['keys:manage'] as const, expiresAt: '2098-01-01T00:00:00.001Z' };
    expect((await askForKey(ledger, later, key)).status).toBe(403);
    expect((await askForKey(ledger, { scopes: ['keys:manage'], expiresAt }, key)).status).toBe(201);
  });

  it('see or revoke keys beyond the sources that they are limited to', async () => {
    const wide = await makeKey(ledger, { scopes: ['calls:read'] });
    const foreign = await makeKey(ledger, { scopes: ['calls:read'], sources: ['vendor', 'other'] });
    const own = await makeKey(ledger, { scopes: ['calls:read'], sources: ['vendor'] });
    const manager = await makeKey(ledger, { scopes: ['keys:manage', 'calls:read'], sources: ['vendor'] });
    const { data } = (await withKey(ledger, manager.key, '/v1/api-keys')).body as { data: { id: string }[] };
    const ids = data.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([own.id, manager.id]));
    for (const { id } of [wide, foreign]) {
      expect(ids).not.toContain(id);
      expect((await revoke(ledger, id, manager.key)).status).toBe(404);
    }
    expect((await withKey(ledger, wide.key, '/v1/calls')).status).toBe(200);
    expect((await revoke(ledger, own.id, manager.key)).status).toBe(204);
  });
});
