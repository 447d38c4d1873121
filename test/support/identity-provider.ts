// A real identity provider on loopback, and people who sign in with it, without a browser.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from './service.js';

const PROCESS = fileURLToPath(new URL('identity-provider-process.mjs', import.meta.url));

/** What a person is called and belongs to. */
export interface Person {
  readonly name: string;
  readonly groups: readonly string[];
}

/** How the provider differs from its own defaults. */
export interface ProviderOptions {
  /** It puts the claims into the ID token, and does not only give them when it is asked. */
  readonly claimsInIdToken?: boolean;
  readonly authMethod?: 'client_secret_basic' | 'client_secret_post';
}

export class TestProvider {
  private constructor(
    private readonly child: ChildProcess,
    readonly issuer: string,
  ) {}

  /** @param publicUrls of the services whose people it lets in */
  static async start(publicUrls: readonly string[], options: ProviderOptions = {}): Promise<TestProvider> {
    const port = await freePort();
    const redirectUris = publicUrls.map((url) => `${url}/auth/callback`);
    const child = fork(PROCESS, [String(port), JSON.stringify(redirectUris), JSON.stringify(options)], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    });
    await once(child, 'message');
    return new TestProvider(child, `http://127.0.0.1:${port}`);
  }

  /** The settings of a service that people reach at a URL. */
  settings(publicUrl: string): Record<string, string> {
    return {
      OIDC_ISSUER: this.issuer,
      OIDC_CLIENT_ID: 'call-ledger',
      OIDC_CLIENT_SECRET: 'client-secret-of-the-tests',
      OIDC_ROLES: 'managers=calls:read,stats:read;admins=*',
      PUBLIC_URL: publicUrl,
    };
  }

  /** From now on, there are these people, by the id with which they sign in, and nobody else. */
  async has(people: Readonly<Record<string, Person>>): Promise<void> {
    this.child.send(people);
    await once(this.child, 'message');
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.disconnect();
    await once(this.child, 'exit');
  }
}

/** As much of a browser as a sign-in needs: it keeps cookies, follows redirects, and fills in the provider's forms. */
export class Follower {
  private readonly cookies = new Map<string, string>();
  /** The `Set-Cookie` headers of all answers. */
  readonly set: string[] = [];

  /** One request, without its redirects. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    // A connection that is kept may be closed at the very moment when it is used again.
    const headers = { connection: 'close', ...(cookie !== '' && { cookie }), ...init.headers };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      this.set.push(line);
      const [pair = ''] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  cookie(name: string): string | undefined {
    return this.cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.cookies.set(name, value);
  }

  /**
   * Begins a sign-in and signs in at the provider.
   *
   * @returns the address of the service to which the provider sends the browser back
   */
  async toCallback(url: string, login: string, returnTo = '/console'): Promise<string> {
    let at = `${url}/auth/sign-in?returnTo=${encodeURIComponent(returnTo)}`;
    let response = await this.send(at);
    for (let steps = 0; steps < 20; steps += 1) {
      const location = response.headers.get('location');
      if (location !== null) {
        at = new URL(location, at).href;
        if (at.includes('/auth/callback')) return at;
        response = await this.send(at);
        continue;
      }
      const page = await response.text();
      const [, action = ''] = /action="([^"]+)"/.exec(page) ?? [];
      const [, prompt = ''] = /name="prompt" value="(\w+)"/.exec(page) ?? [];
      if (action === '') throw new Error(`no form at ${at}: ${response.status} ${page.slice(0, 500)}`);
      at = new URL(action, at).href;
      const body = new URLSearchParams({ prompt, login, password: 'any' });
      response = await this.send(at, { method: 'POST', body });
    }
    throw new Error('the provider never sent the browser back');
  }

  /** Signs in. @returns the answer to the callback */
  async signIn(url: string, login: string, returnTo?: string): Promise<Response> {
    return this.send(await this.toCallback(url, login, returnTo));
  }
}
