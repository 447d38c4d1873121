// How the console is served: what browsers may do with it, how long they may keep it, how much it is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { filesIn } from '../../src/console/console-files.js';
import { startLedger, type TestLedger } from '../support/ledger.js';

const MOST_BYTES = 150_000;

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

const ask = (path: string, init?: RequestInit) => fetch(`${ledger.url}${path}`, init);

async function assets(): Promise<string[]> {
  const html = await (await ask('/console')).text();
  const references = [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address = '']) => address);
  expect(references).toHaveLength(3);
  return references.map((address) => new URL(address, `${ledger.url}/console`).pathname);
}

describe('The console', () => {
  it('is a page that may load the files of the service, and nothing else', async () => {
    const page = await ask('/console');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')?.split(';').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self'",
      'media-src blob:',
      "require-trusted-types-for 'script'",
      "script-src 'self'",
      "style-src 'self'",
    ]);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(await page.text()).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  });

  it('is found with a slash behind it, too', async () => {
    const answer = await ask('/console/', { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '../console']);
  });

  it('has files whose names change with their content, to be kept for good', async () => {
    for (const path of await assets()) {
      const answer = await ask(path);
      expect([path, answer.status]).toEqual([path, 200]);
      const isIcon = path.endsWith('.svg');
      if (!isIcon) expect(path).toMatch(/-[A-Z0-9]{8}\.(js|css)$/);
      expect(answer.headers.get('cache-control')).toBe(
        isIcon ? 'no-cache' : 'public, max-age=31536000, immutable',
      );
      await answer.arrayBuffer();
    }
  });

  it('comes compressed to who takes it, and plain to who does not', async () => {
    const [path = ''] = (await assets()).filter((asset) => asset.endsWith('.js'));
    const plain = await ask(path, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const packed = await ask(path, { headers: { 'accept-encoding': 'gzip' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(await packed.text()).toBe(await plain.text());
  });

  it('has no other files', async () => {
    for (const path of ['/console/assets/none.js', '/console/assets/..%2findex.html', '/console/nothing'])
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
  });

  it('names the packages that are in it, with their licences', async () => {
    const answer = await ask('/console/assets/licences.txt');
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    for (const name of ['@preact/signals', '@preact/signals-core', 'openapi-fetch', 'preact', 'uplot'])
      expect(text.split('\n')).toContain(name);
    expect(text).toContain('Leon Sorokin');
  });

  it('that was not built keeps nobody from starting the service', () => {
    expect(filesIn(join(tmpdir(), 'no-such-folder'))).toEqual(new Map());
  });

  it(`is less than ${MOST_BYTES / 1000} kB`, async () => {
    const page = gzipSync(await (await ask('/console')).text()).length;
    let sum = page;
    for (const path of await assets()) sum += gzipSync(await (await ask(path)).text(), { level: 9 }).length;
    console.log(`the console is ${(sum / 1000).toFixed(1)} kB, compressed by gzip`);
    expect(sum).toBeLessThan(MOST_BYTES);
  });

  it('keeps to the names of the API for what is accounted for', async () => {
    const { AUDIT_ACTIONS } = await import('../../src/security/audit/audit-log.js');
    const source = readFileSync(new URL('../../console/views/audit/actions.ts', import.meta.url), 'utf8');
    expect([...source.matchAll(/'([a-zA-Z.]+)'/g)].map(([, name]) => name)).toEqual([...AUDIT_ACTIONS]);
  });
});
