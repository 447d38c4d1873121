// What answers tell browsers, and that Swagger UI needs no more than it is allowed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API_KEY, PUSH_TOKEN, startLedger, type TestLedger } from '../support/ledger.js';

const KEY = { authorization: `Bearer ${API_KEY}` };
const API_POLICY = "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'";

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger({ TRUST_PROXY: 'on' });
});
afterAll(() => ledger.stop());

const ask = (path: string, init?: RequestInit) => fetch(`${ledger.url}${path}`, init);

type Policy = ReadonlyMap<string, readonly string[]>;

function policyOf(answer: Response): Policy {
  const text = answer.headers.get('content-security-policy') ?? '';
  return new Map(text.split(';').map((part) => [part.split(' ')[0] ?? '', part.split(' ').slice(1)]));
}

/** Whether a policy lets a page load something from this address. */
function allows(policy: Policy, directive: string, address: URL): boolean {
  const sources = policy.get(directive) ?? policy.get('default-src') ?? ['*'];
  if (address.protocol === 'data:') return sources.includes('data:');
  return sources.includes("'self'") && address.origin === ledger.url;
}

describe('Every answer', () => {
  it.each([
    ['a list', '/v1/calls', { headers: KEY }, 200],
    ['a refusal', '/v1/calls', {}, 401],
    ['a problem', '/v1/calls?limit=0', { headers: KEY }, 400],
    ['a body that is no JSON', '/v1/api-keys', { method: 'POST', headers: KEY, body: 'no' }, 400],
    ['an export', '/v1/exports/calls', { headers: KEY }, 200],
    ['an acknowledged push', `/push/${PUSH_TOKEN}/call-reports`, { method: 'POST', body: '[]' }, 200],
    ['a refused push', '/push/wrong/call-reports', { method: 'POST', body: '[]' }, 401],
    ['a health check', '/health/ready', {}, 200],
    ['nothing', '/nothing', {}, 404],
    ['a path that can not be decoded', '/health/%E0%A4%A', {}, 404],
    ['the description', '/openapi.json', {}, 200],
    ['the description as YAML', '/openapi.yaml', {}, 200],
  ] as const)(
    '%s may be framed, sniffed or loaded into a page by nobody',
    async (_name, path, init, status) => {
      const answer = await ask(path, init);
      await answer.arrayBuffer();
      expect(answer.status).toBe(status);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-security-policy': API_POLICY,
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
      expect(answer.headers.get('x-powered-by')).toBeNull();
    },
  );

  it('asks for TLS from then on where the client came by it, and only there', async () => {
    const demanded = async (headers: Record<string, string>) =>
      (await ask('/health/live', { headers })).headers.get('strict-transport-security');
    expect(await demanded({ 'x-forwarded-proto': 'https' })).toBe('max-age=31536000');
    expect(await demanded({ 'x-forwarded-proto': 'http' })).toBeNull();
    expect(await demanded({})).toBeNull();
  });
});

describe('Swagger UI', () => {
  it.each(['/docs', '/docs/', '/docs/index.html'])(
    'at %s refers to scripts, styles and pictures of the service alone, all of which are there',
    async (path) => {
      const page = await ask(path);
      const policy = policyOf(page);
      const html = await page.text();
      const kinds = { script: 'script-src', stylesheet: 'style-src', icon: 'img-src' } as const;
      const found = { script: 0, stylesheet: 0, icon: 0 };
      for (const [, kind, address] of references(html)) {
        const url = new URL(address, `${ledger.url}${path}`);
        expect([url.href, allows(policy, kinds[kind], url)]).toEqual([url.href, true]);
        const loaded = await fetch(url);
        const length = (await loaded.arrayBuffer()).byteLength;
        expect([url.href, loaded.status, length > 100]).toEqual([url.href, 200, true]);
        expect(loaded.headers.get('content-type')).toMatch(
          { script: /javascript/, stylesheet: /css/, icon: /png/ }[kind],
        );
        found[kind] += 1;
      }
      expect(found).toEqual({ script: 3, stylesheet: 2, icon: 1 });
    },
  );

  it('has no script and no style within the page, for which the policy would have to be wider', async () => {
    const html = await (await ask('/docs')).text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/i);
    expect(html).not.toMatch(/<style/i);
    expect(html).not.toMatch(/\s(style|on\w+)=/i);
    expect(html).not.toMatch(/javascript:/i);
    for (const script of html.matchAll(/<script[^>]*>([^]*?)<\/script>/gi)) expect(script[1]).toBe('');
  });

  it('is allowed what it needs and no more', async () => {
    expect(Object.fromEntries(policyOf(await ask('/docs')))).toEqual({
      'default-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
    });
  });

  it('has style sheets that load only what the policy lets them', async () => {
    const page = await ask('/docs');
    const policy = policyOf(page);
    let pictures = 0;
    for (const [, kind, address] of references(await page.text())) {
      if (kind !== 'stylesheet') continue;
      const css = await (await fetch(new URL(address, `${ledger.url}/docs`))).text();
      expect(css).not.toMatch(/@import|@font-face/i);
      for (const [, target = ''] of css.matchAll(/url\(["']?([^"')]+)/g)) {
        expect([target, allows(policy, 'img-src', new URL(target, ledger.url))]).toEqual([target, true]);
        pictures += 1;
      }
    }
    expect(pictures).toBeGreaterThan(0);
  });

  it('tells no other site of the service', async () => {
    const script = await (await ask('/docs/swagger-ui-init.js')).text();
    expect(script).toMatch(/validatorUrl: null/);
  });
});

type Reference = readonly [tag: string, kind: 'script' | 'stylesheet' | 'icon', address: string];

function references(html: string): Reference[] {
  const links = [...html.matchAll(/<link rel="(\w+)"[^>]* href="([^"]+)"/g)];
  const scripts = [...html.matchAll(/<script src="([^"]+)"/g)];
  expect(html.match(/<(link|script)/g)).toHaveLength(links.length + scripts.length);
  return [
    ...links.map(([tag, rel, href = '']): Reference => [tag, rel === 'icon' ? 'icon' : 'stylesheet', href]),
    ...scripts.map(([tag, src = '']): Reference => [tag, 'script', src]),
  ];
}
