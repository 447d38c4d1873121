// Identity providers differ in where they put claims and how they know the service; and without one, nobody signs in.
import { afterEach, describe, expect, it } from 'vitest';
import { claimTexts } from '../../src/people/claims.js';
import { cookieName, cookieOptions } from '../../src/security/sessions/session-cookie.js';
import { Follower, type ProviderOptions, TestProvider } from '../support/identity-provider.js';
import { startLedger, type TestLedger } from '../support/ledger.js';
import { freePort, until } from '../support/service.js';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function ledgerWith(
  options: ProviderOptions,
  settings: Record<string, string> = {},
): Promise<TestLedger> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const provider = await TestProvider.start([url], options);
  ends.push(() => provider.stop());
  await provider.has({ ada: { name: 'Ada Example', groups: ['managers'] } });
  const ledger = await startLedger({ ...provider.settings(url), ...settings, PORT: port });
  ends.push(() => ledger.stop());
  return ledger;
}

it.each([
  { claimsInIdToken: true },
  { claimsInIdToken: false },
  { authMethod: 'client_secret_post' },
] as const)('People sign in with a provider with %j', async (options) => {
  const { url } = await ledgerWith(options);
  const follower = new Follower();
  expect((await follower.signIn(url, 'ada')).status).toBe(303);
  expect((await follower.send(`${url}/v1/calls`)).status).toBe(200);
});

it('People sign in with another claim, and without a refresh token', async () => {
  const { url } = await ledgerWith(
    {},
    { OIDC_ROLES_CLAIM: 'name', OIDC_ROLES: 'Ada Example=calls:read', OIDC_SCOPES: 'openid profile' },
  );
  const follower = new Follower();
  expect((await follower.signIn(url, 'ada')).status).toBe(303);
  expect((await follower.send(`${url}/v1/calls`)).status).toBe(200);
});

it('While the provider is away, nobody new signs in, and who has stays', async () => {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const provider = await TestProvider.start([url]);
  ends.push(() => provider.stop());
  await provider.has({ ada: { name: 'Ada Example', groups: ['managers'] } });
  const ledger = await startLedger({ ...provider.settings(url), PORT: port });
  ends.push(() => ledger.stop());
  const follower = new Follower();
  expect((await follower.signIn(url, 'ada')).status).toBe(303);
  await provider.stop();
  await ledger.database.query("UPDATE sessions SET checked_at = now() - interval '1 day'");
  await until('the provider to be asked in vain', async () => {
    const [row] = await ledger.database.query<{ isSoonDue: boolean }>(
      `SELECT checked_at BETWEEN now() - interval '5 minutes' AND now() - interval '4 minutes' AS "isSoonDue" FROM sessions`,
    );
    return row?.isSoonDue === true;
  });
  expect((await follower.send(`${url}/v1/calls`)).status).toBe(200);
  // What it knows of the provider is known for an hour; the page comes when the browser is back.
  const callback = await new Follower().send(`${url}/auth/callback?code=x&state=y`);
  expect(callback.status).toBe(400);
});

it('Without a provider, nobody signs in, and the console is told so', async () => {
  const ledger = await startLedger();
  ends.push(() => ledger.stop());
  for (const path of ['sign-in', 'callback', 'sign-out'])
    expect((await ledger.request(`/auth/${path}`)).status).toBe(404);
  const session = await fetch(`${ledger.url}/auth/session`);
  expect(await session.json()).toEqual({ signIn: false, session: null });
});

it('An unknown scope in OIDC_ROLES is refused at the start', async () => {
  await expect(ledgerWith({}, { OIDC_ROLES: 'managers=calls:write' })).rejects.toThrow(
    'calls:write (of managers)',
  );
});

describe('Over https', () => {
  const reached = { publicUrl: 'https://ledger.example.com' };

  it('cookies are secure, and of this host alone', () => {
    expect(cookieName('session', reached)).toBe('__Host-call-ledger-session');
    expect(cookieOptions(1, reached)).toEqual({
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
      path: '/',
      maxAge: 1,
    });
  });
});

describe('The texts of a claim', () => {
  it('are those of a list, one text, or in an object', () => {
    const claims = { groups: ['a', 1, 'b'], role: 'a', realm_access: { roles: ['c'] }, 'x.y': 'z' };
    expect(claimTexts(claims, 'groups')).toEqual(['a', 'b']);
    expect(claimTexts(claims, 'role')).toEqual(['a']);
    expect(claimTexts(claims, 'realm_access.roles')).toEqual(['c']);
    expect(claimTexts(claims, 'x.y')).toEqual(['z']);
    for (const none of ['none', 'realm_access.none', 'role.length', 'constructor'])
      expect(claimTexts(claims, none)).toBeUndefined();
  });
});
