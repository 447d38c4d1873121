// The refusals of the API that the console can show have words in Chinese.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { problemInChinese } from '../../console/i18n/problems-zh.js';
import { object, objects, string } from '../contract/helpers.js';
import { makeKey } from '../support/api-keys.js';
import { API_KEY, startLedger, type TestLedger } from '../support/ledger.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await startLedger();
});
afterAll(() => ledger.stop());

const UUID = '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f';

/** What is asked for, and what each answer says of it. */
const QUESTIONS: readonly (readonly [target: string, body?: object])[] = [
  ['/v1/calls?minDuration=-1&from=yesterday&answered=yes&calleeEndsWith=1&timeZone=CST&colour=red'],
  ['/v1/calls?cursor=x'],
  ['/v1/calls?order=up&limit=0'],
  ['/v1/stats/calls?from=2025-06-01T00:01:00Z'],
  ['/v1/stats/calls?from=2025-01-01&to=2026-01-01&interval=15m'],
  ['/v1/stats/calls?from=2025-01-01&to=2026-01-01&groupBy=realCaller'],
  ['/v1/stats/calls?groupBy=realCaller&interval=1m'],
  ['/v1/stats/calls?groupBy=taskId,taskId'],
  ['/v1/stats/calls?from=2025-01-02&to=2025-01-01&compare=previous'],
  ['/v1/calls/unheard-of'],
  ['/v1/tasks/unheard-of'],
  ['/v1/tasks/unheard-of/batches/none'],
  [`/v1/deliveries/${UUID}`],
  [`/v1/quarantine/${UUID}`],
  [`/v1/quarantine/${UUID}/discard`, {}],
  [`/v1/erasures/${UUID}`],
  [`/v1/webhooks/${UUID}`],
  ['/v1/completeness/unheard-of/missing'],
  ['/v1/quarantine/discard', {}],
  ['/v1/quarantine/replay', { ids: ['x'], limit: 0 }],
  ['/v1/schema-drift/acknowledge', {}],
  ['/v1/erasures', { number: 'nobody', reason: ' ' }],
  ['/v1/api-keys', { name: '', scopes: ['all'], expiresAt: '2001-01-01' }],
];

async function problemsOf(target: string, body: object | undefined, key = API_KEY): Promise<string[]> {
  const answer = await ledger.request(target, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${key}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect([target, answer.status >= 400]).toEqual([target, true]);
  const { detail, errors } = object(answer.body);
  return [string(detail), ...objects(errors).map(({ message }) => string(message))];
}

it.each(QUESTIONS.map(([target, body]) => ({ target, body })))('$target', async ({ target, body }) => {
  const problems = await problemsOf(target, body);
  expect(problems.filter((problem) => problemInChinese(problem) === undefined)).toEqual([]);
});

it('What a key may not do', async () => {
  const { key } = await makeKey(ledger, { scopes: ['calls:read'] });
  const limited = await makeKey(ledger, { scopes: ['deliveries:read'], sources: ['vendor'] });
  const problems = [
    ...(await problemsOf('/v1/stats/calls', undefined, key)),
    ...(await problemsOf('/v1/calls?calleeEndsWith=12345&callId=x', undefined, key)),
    ...(await problemsOf('/v1/schema-drift', undefined, limited.key)),
  ];
  expect(problems.filter((problem) => problemInChinese(problem) === undefined)).toEqual([]);
  expect(problemInChinese('This API key lacks the scope stats:read')).toBe('此密钥没有权限 stats:read');
});

it('What it has no words for stays as it is', () => {
  expect(problemInChinese('Something new')).toBeUndefined();
});
