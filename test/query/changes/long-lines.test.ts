// Lines that are sent while the ledger is read: the same as those of whole answers, recorded, and broken off by a failure.
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../../support/api-keys.js';
import { API_KEY, startLedger, type TestLedger } from '../../support/ledger.js';
import { record } from '../../support/records.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

const CALLS = 3000;
/** With their text, they are too many for what the system holds between two processes. */
const text = (index: number) => `${String(index)} "${'x'.repeat(8000)}`;

let proxy: TcpProxy;
let ledger: TestLedger;
beforeAll(async () => {
  ledger = await startLedger({}, async (url) => {
    proxy = await TcpProxy.before(Number(new URL(url).port));
    return proxy.through(url);
  });
  for (let first = 0; first < CALLS; first += 1000) {
    const records = Array.from({ length: 1000 }, (_, index) =>
      record(`call-${first + index}`, { statusMsg: text(first + index) }),
    );
    expect((await ledger.push(records)).status).toBe(200);
  }
});
afterAll(async () => {
  await proxy.refuse();
  await ledger.stop();
});

const askLines = (query: string, key = API_KEY, headers: Record<string, string> = {}) =>
  fetch(`${ledger.url}/v1/changes?${query}`, {
    headers: { authorization: `Bearer ${key}`, accept: 'application/x-ndjson', ...headers },
  });

/** All lines behind a cursor, page by page. */
async function follow(key = API_KEY, headers: Record<string, string> = {}): Promise<unknown[]> {
  const changes: unknown[] = [];
  for (let after = ''; ;) {
    const response = await askLines(`limit=10000${after}`, key, headers);
    const lines = (await response.text()).trimEnd().split('\n');
    const end = JSON.parse(lines.pop() ?? '') as { type: string; nextCursor: string; upToDate: boolean };
    expect(end.type).toBe('page');
    changes.push(...lines.map((line): unknown => JSON.parse(line)));
    if (end.upToDate) return changes;
    after = `&after=${end.nextCursor}`;
  }
}

async function followWhole(): Promise<unknown[]> {
  const changes: unknown[] = [];
  for (let after = ''; ;) {
    const { body } = await ledger.get(`/v1/changes?limit=500${after}`);
    const page = body as { data: unknown[]; nextCursor: string; upToDate: boolean };
    changes.push(...page.data);
    if (page.upToDate) return changes;
    after = `&after=${page.nextCursor}`;
  }
}

async function numbersRead(): Promise<number[]> {
  const { body } = await ledger.get('/v1/audit-events?action=numbers.read&limit=1000');
  const { data } = body as { data: { rows: number }[] };
  return data.map(({ rows }) => rows);
}

describe('Lines of a long page', () => {
  it.each(['identity', 'gzip'])('are those of whole answers (%s)', async (encoding) => {
    const changes = await follow(API_KEY, { 'accept-encoding': encoding });
    expect(changes).toHaveLength(CALLS);
    expect(changes).toEqual(await followWhole());
  });

  it('have no header that needs their end', async () => {
    const long = await askLines('limit=10000');
    const short = await askLines('limit=10');
    expect([long.headers.get('link'), long.headers.get('etag')]).toEqual([null, null]);
    expect(short.headers.get('link')).toMatch(/rel="next"/);
    expect(short.headers.get('etag')).not.toBeNull();
    await Promise.all([long.text(), short.text()]);
  });

  it('are recorded in the audit, each call once', async () => {
    const before = (await numbersRead()).length;
    await follow();
    const parts = (await numbersRead()).slice(0, -before || undefined);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.reduce((sum, rows) => sum + rows, 0)).toBe(CALLS);
  });

  it('are masked for a key that sees no numbers', async () => {
    const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
    const before = (await numbersRead()).length;
    const changes = await follow(key);
    expect(changes).toHaveLength(CALLS);
    expect(JSON.stringify(changes[0])).toMatch(/"callee":"\d{3}\*{4}\d{4}"/);
    expect(await numbersRead()).toHaveLength(before);
  });

  it('are recorded in the audit before they are sent', async () => {
    const auditor = new Client({ connectionString: ledger.database.url });
    await auditor.connect();
    await auditor.query('BEGIN; LOCK TABLE audit_events IN EXCLUSIVE MODE');
    const asked = askLines('limit=10000');
    expect(await Promise.race([asked, wait(300, 'nothing')])).toBe('nothing');
    await auditor.end();
    const response = await asked;
    expect(response.status).toBe(200);
    // What waited for the audit counts as what waits for the client, so the page may have ended early.
    expect(await response.text()).toMatch(/^\{"type":"call"[^]*\n\{"type":"page".*\}\n$/);
  });

  it('are refused with a problem if they can not be recorded', async () => {
    const rename = (from: string, to: string) => ledger.database.query(`ALTER TABLE ${from} RENAME TO ${to}`);
    await rename('audit_events', 'hidden_events');
    const response = await askLines('limit=10000');
    const problem: unknown = await response.json();
    await rename('hidden_events', 'audit_events');
    expect([response.status, response.headers.get('content-type')]).toEqual([
      503,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(problem).toMatchObject({ status: 503, requestId: response.headers.get('x-request-id') });
    expect(await follow()).toHaveLength(CALLS);
  });

  it('are answered to HEAD', async () => {
    const headers = { authorization: `Bearer ${API_KEY}`, accept: 'application/x-ndjson' };
    const response = await fetch(`${ledger.url}/v1/changes?limit=10000`, { method: 'HEAD', headers });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  it('are broken off when the database is gone, and given anew afterwards', async () => {
    // Without numbers, nothing waits for the audit: the first part comes when most is not read yet.
    const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
    const response = await askLines('limit=10000', key);
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
    const parts: Uint8Array[] = [];
    const readOn = async () => {
      for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
        if (parts.length === 0) await proxy.refuse();
        parts.push(part.value);
      }
    };
    await expect(readOn()).rejects.toThrow('terminated');
    const sent = Buffer.concat(parts).toString();
    expect(sent).toMatch(/^\{"type":"call"/);
    expect(sent).not.toContain('"type":"page"');
    await proxy.acceptAgain();
    expect(await follow()).toHaveLength(CALLS);
  });
});
