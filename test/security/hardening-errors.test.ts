// What errors tell: outside nothing of what is here, in the log as much as is needed.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ServiceUnavailableException } from '@nestjs/common';
import { Settings } from '../../src/config/settings.js';
import { Database } from '../../src/persistence/connections/database.js';
import { ServiceLogger } from '../../src/service-logger.js';
import { expectProblem, NO_DATABASE, spawnLedger } from '../contract/helpers.js';
import { Instance } from '../query/changes/instances.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type Answer, API_KEY, PUSH_TOKEN } from '../support/ledger.js';

const INNER = 'relation "secret_table" at /srv/ledger/dist/secret.js';

let database: TestDatabase;
let service: Instance;
let lines: Record<string, unknown>[];

beforeAll(async () => {
  database = await createDatabase();
  service = await Instance.start(database.url, { LOG_LEVEL: 'info', LOG_FORMAT: 'json' });
  // Tests' services print nothing; this one shall.
  service.app.useLogger(new ServiceLogger(service.app.get(Settings)));
});
afterAll(async () => {
  await service.remove();
  await database.drop();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Asks while the way to the database fails with an error, and notes what is logged of it. */
async function askFailing(error: Error): Promise<Answer> {
  lines = [];
  const note = (text: unknown) => {
    for (const line of String(text).split('\n'))
      if (line.startsWith('{')) lines.push(JSON.parse(line) as Record<string, unknown>);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(note);
  vi.spyOn(process.stderr, 'write').mockImplementation(note);
  vi.spyOn(service.app.get(Database), 'readTexts').mockRejectedValue(error);
  const headers = { authorization: `Bearer ${API_KEY}` };
  const answer = await fetch(`${service.url}/v1/calls`, { headers });
  const text = await answer.text();
  lines = lines.filter(({ context }) => context === 'Http');
  return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) as unknown };
}

describe('A refusal that is meant', () => {
  it('is logged as a warning with its reason, without a stack', async () => {
    const reason = 'Too many exports are running. Try again later';
    expectProblem(await askFailing(new ServiceUnavailableException(reason)), 503);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'warn', status: 503, method: 'GET', route: '/v1/calls', reason });
    expect(JSON.stringify(lines)).not.toMatch(/\bat \S+ \(|stack|node_modules/);
  });

  it('is so too while there is no database', async () => {
    const away = await spawnLedger({ DATABASE_URL: NO_DATABASE });
    const answer = await fetch(`${away.url}/v1/calls`, { headers: { authorization: `Bearer ${API_KEY}` } });
    const text = await answer.text();
    await away.stop();
    expect(answer.status).toBe(503);
    expect(text).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|Driver/);
    const logged = away
      .output()
      .split('\n')
      .filter((line) => line.includes('"context":"Http"'));
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/"level":"warn".*"reason":"the database is not available/);
    expect(logged[0]).not.toMatch(/\bat \S+ \(|"stack"/);
  });
});

describe('A defect', () => {
  it('is answered without a word of what is here, and logged with its stack', async () => {
    const answer = await askFailing(new Error(INNER));
    expectProblem(answer, 500);
    expect(answer.body).toMatchObject({
      detail: 'An internal error occurred. The log has the details under the request id',
    });
    expect(answer.text).not.toMatch(/secret|\.js|node_modules/);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'error', status: 500, route: '/v1/calls' });
    expect(JSON.stringify(lines)).toMatch(/secret_table.*\bat /);
  });
});

describe('No error', () => {
  it.each([
    ['GET', '/v1/calls?cursor=%00', undefined],
    ['GET', '/v1/calls?limit[]=1&__proto__=1', undefined],
    ['GET', '/v1/calls/%E0%A4%A', undefined],
    ['POST', '/v1/api-keys', '{"__proto__":{"a":1},"constructor":1}'],
    ['POST', '/v1/api-keys', '[[[[[[['],
    ['PROPFIND', '/v1/calls', undefined],
    ['GET', '/docs/..%2f..%2fpackage.json', undefined],
    ['GET', '/docs/%2e%2e/%2e%2e/package.json', undefined],
    ['GET', '/docs/nothing.js', undefined],
    ['POST', `/push/${PUSH_TOKEN}/nothing`, '[]'],
  ])('tells of the inside: %s %s', async (method, path, body) => {
    const headers = { authorization: `Bearer ${API_KEY}` };
    const answer = await fetch(`${service.url}${path}`, { method, headers, ...(body && { body }) });
    const text = await answer.text();
    expect([400, 404, 405]).toContain(answer.status);
    expect(text).not.toMatch(/\bat \S+ \(|node_modules|\.js:|\/src\/|\/dist\/|call-ledger"|Error:/);
    expect(text).not.toContain(PUSH_TOKEN);
  });
});
