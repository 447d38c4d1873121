// People sign in with a real identity provider, and what their sessions may do.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../support/api-keys.js';
import { Follower, TestProvider } from '../support/identity-provider.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';
import { record } from '../support/records.js';
import { freePort, until } from '../support/service.js';
import { dataOf, type LedgerProcess, object, pushed, spawnLedger, string } from '../contract/helpers.js';

const PEOPLE = {
  ada: { name: 'Ada Example', groups: ['managers', 'gardeners'] },
  root: { name: 'Root Example', groups: ['admins'] },
  stranger: { name: 'Stan Stranger', groups: ['gardeners'] },
};
const SESSION = 'call-ledger-session';
const SIGN_IN = 'call-ledger-sign-in';

let provider: TestProvider;
let ledger: TestLedger;
/** Another process on the same database. */
let other: LedgerProcess;
let url: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  provider = await TestProvider.start([url]);
  const settings = { ...provider.settings(url), QUERY_RATE_LIMIT: '1000' };
  ledger = await startLedger({ ...settings, PORT: String(port) });
  other = await spawnLedger({ ...settings, DATABASE_URL: ledger.database.url });
  await pushed(ledger, [record('one')]);
});
afterEach(() => provider.has(PEOPLE));
beforeAll(() => provider.has(PEOPLE));
afterAll(async () => {
  await other.stop();
  await ledger.stop();
  await provider.stop();
});

async function signedIn(login: string): Promise<Follower> {
  const follower = new Follower();
  expect((await follower.signIn(url, login)).status).toBe(303);
  return follower;
}

async function sessionOf(follower: Follower, at = url): Promise<Record<string, unknown>> {
  const response = await follower.send(`${at}/auth/session`);
  return object(object(await response.json())['session']);
}

/** A write that every manager of keys may do. */
async function makeKeyAs(follower: Follower, headers: Record<string, string>): Promise<Response> {
  return follower.send(`${url}/v1/api-keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ name: 'CRM', scopes: ['calls:read'] }),
  });
}

const statusAt = async (follower: Follower, at: string) => (await follower.send(`${at}/v1/calls`)).status;

/** Has the sessions checked as if five minutes had passed. */
const fiveMinutesLater = () =>
  ledger.database.query("UPDATE sessions SET checked_at = checked_at - interval '6 minutes'");

describe('A person who signs in', () => {
  it('comes back to where they were, with a session by which they may do what their groups may', async () => {
    const follower = new Follower();
    const response = await follower.signIn(url, 'ada', '/console#/calls?taskId=1');
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      `${url}/console#/calls?taskId=1`,
    ]);
    expect(await sessionOf(follower)).toMatchObject({
      name: 'Ada Example',
      scopes: ['calls:read', 'stats:read'],
      csrfToken: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(await statusAt(follower, url)).toBe(200);
    expect((await follower.send(`${url}/v1/audit-events`)).status).toBe(403);
    const current = await (await follower.send(`${url}/v1/api-keys/current`)).json();
    expect(current).toMatchObject({ id: 'person:ada', name: 'Ada Example', sources: null });
  });

  it('is sent to the provider with PKCE, state and nonce, and the cookie of it is sealed', async () => {
    const follower = new Follower();
    const response = await follower.send(`${url}/auth/sign-in`);
    const asked = new URL(response.headers.get('location') ?? '').searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: `${url}/auth/callback`,
    });
    const cookie = follower.cookie(SIGN_IN) ?? '';
    for (const name of ['state', 'nonce']) {
      expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
      expect(Buffer.from(cookie, 'base64url').toString('latin1')).not.toContain(asked.get(name));
    }
  });

  it('gets cookies that no script reads and no other site sends along', async () => {
    const follower = await signedIn('ada');
    const ours = follower.set.filter((line) => line.startsWith('call-ledger'));
    expect(ours.length).toBeGreaterThan(1);
    for (const line of ours) expect(line).toMatch(/; Path=\/;.*HttpOnly; SameSite=Lax/);
    expect(ours.find((line) => line.startsWith(SESSION))).toMatch(/Max-Age=43200;/);
  });

  it('is in the database with hashes and sealed tokens only', async () => {
    const follower = await signedIn('ada');
    const [row] = await ledger.database.query<Record<string, unknown>>(
      'SELECT * FROM sessions ORDER BY id DESC LIMIT 1',
    );
    const [, secret = ''] = (follower.cookie(SESSION) ?? '').split('.');
    expect(secret.length).toBe(43);
    expect(row?.['refresh_token']).toBeInstanceOf(Buffer);
    const texts = Object.values(row ?? {}).map((value) =>
      value instanceof Buffer ? value.toString('latin1') : JSON.stringify(value),
    );
    expect(texts.join(' ')).not.toContain(secret);
  });

  it('is refused with a page, and audited, when none of their groups gives access', async () => {
    const follower = new Follower();
    const response = await follower.signIn(url, 'stranger');
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await response.text()).toContain('You have no access to Call Ledger');
    expect(follower.cookie(SESSION)).toBeUndefined();
    const [event] = dataOf(await ledger.get('/v1/audit-events?action=session.refused'));
    expect(event).toMatchObject({ keyId: 'person:stranger', keyName: 'Stan Stranger' });
  });

  it('reads the page in Chinese if the browser prefers it', async () => {
    const response = await fetch(`${url}/auth/callback`, {
      headers: { 'accept-language': 'zh-CN,en;q=0.5' },
    });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('登录已中断')]);
  });

  it('can finish in another process what was begun in one', async () => {
    const follower = new Follower();
    const callback = new URL(await follower.toCallback(url, 'ada'));
    const response = await follower.send(`${other.url}${callback.pathname}${callback.search}`);
    expect(response.status).toBe(303);
    // At once, in the process that did not make it.
    expect(await statusAt(follower, url)).toBe(200);
  });
});

describe('A callback', () => {
  it('with another state, or without the cookie of the sign-in, lets nobody in', async () => {
    const follower = new Follower();
    const callback = new URL(await follower.toCallback(url, 'ada'));
    const right = callback.href;
    callback.searchParams.set('state', 'x'.repeat(43));
    expect((await follower.send(callback.href)).status).toBe(400);
    expect((await new Follower().send(right)).status).toBe(400);
    const victim = new Follower();
    // Somebody else's code, with the victim's own sign-in.
    await victim.toCallback(url, 'root');
    expect((await victim.send(right)).status).toBe(400);
    expect(victim.cookie(SESSION)).toBeUndefined();
  });

  it('lets nobody in a second time', async () => {
    const follower = new Follower();
    const callback = await follower.toCallback(url, 'ada');
    const thief = new Follower();
    thief.setCookie(SIGN_IN, follower.cookie(SIGN_IN) ?? '');
    expect((await follower.send(callback)).status).toBe(303);
    expect(follower.cookie(SIGN_IN)).toBeUndefined();
    expect((await follower.send(callback)).status).toBe(400);
    expect((await thief.send(callback)).status).toBe(403);
    expect(thief.cookie(SESSION)).toBeUndefined();
  });

  it('with an error of the provider shows a page that does not repeat it', async () => {
    const follower = new Follower();
    const { searchParams } = new URL(await follower.toCallback(url, 'ada'));
    const state = searchParams.get('state') ?? '';
    const evil = encodeURIComponent('<script>alert(1)</script>');
    const response = await follower.send(
      `${url}/auth/callback?error=access_denied&error_description=${evil}&state=${state}&iss=${encodeURIComponent(provider.issuer)}`,
    );
    expect(response.status).toBe(403);
    expect(await response.text()).not.toContain('alert(1)');
  });

  it.each([
    'https://evil.example/',
    '//evil.example/console',
    '/\\evil.example',
    '/console/../../evil',
    '/console\\@evil.example',
    '/consolevil',
    '/auth/sign-out',
    '/console#\nx',
    'javascript:alert(1)',
  ])('leads to the console, not to %j', async (place) => {
    const follower = new Follower();
    const response = await follower.signIn(url, 'ada', place);
    expect(response.headers.get('location')).toBe(`${url}/console`);
  });
});

describe('A write with a session', () => {
  it('needs the token of this session in X-CSRF-Token', async () => {
    const root = await signedIn('root');
    const ada = await signedIn('ada');
    const token = string((await sessionOf(root))['csrfToken']);
    expect((await makeKeyAs(root, {})).status).toBe(403);
    expect((await makeKeyAs(root, { 'x-csrf-token': 'wrong' })).status).toBe(403);
    expect(
      (await makeKeyAs(root, { 'x-csrf-token': string((await sessionOf(ada))['csrfToken']) })).status,
    ).toBe(403);
    expect((await makeKeyAs(root, { 'x-csrf-token': token })).status).toBe(201);
  });

  it('is audited by the name of the person, and what they make outlives their session', async () => {
    const root = await signedIn('root');
    const token = string((await sessionOf(root))['csrfToken']);
    const made = object(await (await makeKeyAs(root, { 'x-csrf-token': token })).json());
    expect(made).toMatchObject({ createdBy: 'person:root' });
    const [event] = dataOf(await ledger.get('/v1/audit-events?keyId=person:root&action=key.created'));
    expect(event).toMatchObject({ keyName: 'Root Example', detail: { id: made['id'] } });
    await root.send(`${url}/auth/sign-out`);
    const asked = await fetch(`${url}/v1/calls`, {
      headers: { authorization: `Bearer ${string(made['key'])}` },
    });
    expect(asked.status).toBe(200);
  });

  it('is none of a session when a key is given, even a wrong one', async () => {
    const root = await signedIn('root');
    const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
    expect((await makeKeyAs(root, { authorization: `Bearer ${key}` })).status).toBe(403);
    expect((await makeKeyAs(root, { authorization: `Bearer ${API_KEY}` })).status).toBe(201);
    expect((await makeKeyAs(root, { authorization: 'Bearer wrong' })).status).toBe(401);
  });
});

describe('A session ends', () => {
  it('by a sign-out, at once, and soon in the other process', async () => {
    const follower = await signedIn('ada');
    const thief = new Follower();
    thief.setCookie(SESSION, follower.cookie(SESSION) ?? '');
    expect([await statusAt(follower, url), await statusAt(thief, other.url)]).toEqual([200, 200]);
    const response = await follower.send(`${url}/auth/sign-out`);
    expect([response.status, response.headers.get('location')]).toEqual([303, `${url}/console`]);
    expect(follower.cookie(SESSION)).toBeUndefined();
    expect(await statusAt(thief, url)).toBe(401);
    await until('the other process to know', async () => (await statusAt(thief, other.url)) === 401);
    const [event] = dataOf(await ledger.get('/v1/audit-events?action=session.ended'));
    expect(event).toMatchObject({ keyName: 'Ada Example', detail: { reason: 'signed out' } });
    // The next sign-in asks for the password again.
    const again = await follower.send(`${url}/auth/sign-in`);
    expect(new URL(again.headers.get('location') ?? '').searchParams.get('prompt')).toBe('login consent');
  });

  it('everywhere, when the person asks for it', async () => {
    const [here, there] = [await signedIn('ada'), await signedIn('ada')];
    await here.send(`${url}/auth/sign-out?everywhere=true`);
    expect(await statusAt(there, url)).toBe(401);
  });

  it('not by a link of another site, nor by a script without the token', async () => {
    const follower = await signedIn('ada');
    const fromElsewhere = await follower.send(`${url}/auth/sign-out`, {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(fromElsewhere.status).toBe(403);
    expect((await follower.send(`${url}/auth/sign-out`, { method: 'POST' })).status).toBe(403);
    expect(await statusAt(follower, url)).toBe(200);
    const headers = { 'x-csrf-token': string((await sessionOf(follower))['csrfToken']) };
    expect((await follower.send(`${url}/auth/sign-out`, { method: 'POST', headers })).status).toBe(204);
    expect(await statusAt(follower, url)).toBe(401);
  });

  it('by DELETE /v1/sessions/{id}, within seconds in both processes, also for what waits', async () => {
    const follower = await signedIn('ada');
    const { id } = await sessionOf(follower);
    const listed = dataOf(await ledger.get('/v1/sessions')).find((session) => session['id'] === id);
    expect(listed).toMatchObject({ subject: 'ada', roles: ['managers'], endedAt: null });
    expect(await statusAt(follower, other.url)).toBe(200);
    const waiting = follower.send(`${other.url}/v1/changes?after=now&wait=30`);
    const authorization = { authorization: `Bearer ${API_KEY}` };
    const ended = await ledger.request(`/v1/sessions/${string(id)}`, {
      method: 'DELETE',
      headers: authorization,
    });
    expect(ended.status).toBe(204);
    expect(await statusAt(follower, url)).toBe(401);
    await until('the other process to know', async () => (await statusAt(follower, other.url)) === 401);
    expect((await waiting).status).toBe(401);
    expect(dataOf(await ledger.get('/v1/sessions')).find((session) => session['id'] === id)).toMatchObject({
      endReason: 'ended by an administrator',
    });
  });

  it('after SESSION_HOURS', async () => {
    const follower = await signedIn('ada');
    const { id } = await sessionOf(follower);
    await ledger.database.query('UPDATE sessions SET expires_at = now() WHERE id = $1', [id]);
    await until('the session to be over', async () => (await statusAt(follower, url)) === 401);
    expect(object(await (await follower.send(`${url}/auth/session`)).json())).toEqual({
      signIn: true,
      session: null,
    });
  });

  it('when the provider does not know the person any more', async () => {
    const follower = await signedIn('ada');
    await provider.has({ root: PEOPLE.root });
    await fiveMinutesLater();
    await until('the session to be over', async () => (await statusAt(follower, url)) === 401);
    await until('the other process to know', async () => (await statusAt(follower, other.url)) === 401);
  });

  it('when the last group that gives access is taken away', async () => {
    const follower = await signedIn('ada');
    await provider.has({ ...PEOPLE, ada: { name: 'Ada Example', groups: ['gardeners'] } });
    await fiveMinutesLater();
    await until('the session to be over', async () => (await statusAt(follower, url)) === 401);
    const [event] = dataOf(await ledger.get('/v1/audit-events?action=session.ended'));
    expect(event).toMatchObject({
      keyId: null,
      detail: { subject: 'ada', reason: 'no role gives access any more' },
    });
  });

  it('not when a group is only another one: then the person may do what that one may', async () => {
    const follower = await signedIn('ada');
    await provider.has({ ...PEOPLE, ada: { name: 'Ada Boss', groups: ['admins'] } });
    await fiveMinutesLater();
    await until('the new scopes', async () => (await sessionOf(follower))['name'] === 'Ada Boss');
    await until(
      'them to be in use',
      async () => (await follower.send(`${url}/v1/audit-events`)).status === 200,
    );
  });
});

describe('The rate', () => {
  it('is of the person, however many sessions they have', async () => {
    const [one, two] = [await signedIn('ada'), await signedIn('ada')];
    const policy = async (follower: Follower) =>
      (await follower.send(`${url}/v1/calls`)).headers.get('ratelimit-policy');
    expect(await policy(one)).toMatch(/pk=/);
    expect(await policy(one)).toBe(await policy(two));
    expect(await policy(await signedIn('root'))).not.toBe(await policy(one));
  });
});
