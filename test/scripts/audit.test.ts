// scripts/audit.mjs, as CI runs it, with npm itself and a registry that answers as it is told.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BULK = '/-/npm/v1/security/advisories/bulk';

let registry: Server;
/** npm remembers what it was told of a vulnerability. */
let cache: string;
let status: number;
let advisories: Record<string, unknown[]>;
let asked: string[];

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'call-ledger-npm-'));
  status = 200;
  advisories = {};
  asked = [];
  registry = createServer((request, response) => {
    asked.push(request.url ?? '');
    request.resume();
    response.statusCode = request.url === BULK ? status : 404;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(advisories));
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
});
afterEach(() => {
  registry.close();
  rmSync(cache, { recursive: true, force: true });
});

const url = () => `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;

function advisoryOf(name: string, severity: string): Record<string, unknown[]> {
  return {
    [name]: [{ id: 1, url: 'https://example.org/1', title: 'A hole', severity, vulnerable_versions: '*' }],
  };
}

async function audit(at = url()): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['scripts/audit.mjs'], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      npm_config_registry: at,
      npm_config_fetch_retries: '0',
      npm_config_cache: cache,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('The audit', () => {
  it('passes when nothing is known', async () => {
    expect(await audit()).toEqual({ code: 0, output: 'audit: nothing of moderate or more\n' });
    expect(asked).toContain(BULK);
  });

  it.each(['moderate', 'high', 'critical'])('fails on what is %s, and names it', async (severity) => {
    advisories = advisoryOf('helmet', severity);
    const { code, output } = await audit();
    expect(output).toContain(`audit: ${severity}: helmet: https://example.org/1`);
    expect(output).toContain(`audit: 1 ${severity}`);
    expect(code).toBe(1);
  });

  it('passes on what is low, and names it', async () => {
    advisories = advisoryOf('helmet', 'low');
    const { code, output } = await audit();
    expect(output).toContain('audit: low: helmet: https://example.org/1');
    expect(code).toBe(0);
  });

  it('is not about what only development needs', async () => {
    advisories = advisoryOf('vitest', 'critical');
    expect((await audit()).code).toBe(0);
  });

  it('passes, and says that it was not done, when the registry does not know of vulnerabilities', async () => {
    status = 405;
    const { code, output } = await audit();
    expect(output).toMatch(/^audit: NOT DONE\. .*405/);
    expect(code).toBe(0);
  });

  it('passes, and says that it was not done, when nobody is there', async () => {
    const { code, output } = await audit('http://127.0.0.1:1/');
    expect(output).toMatch(/^audit: NOT DONE\. .*(ECONNREFUSED|connect)/);
    expect(code).toBe(0);
  });
});
