// The requests and answers of docs/api.md, tried.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { startLedger, type TestLedger } from '../support/ledger.js';

interface Example {
  readonly method: string;
  readonly target: string;
  readonly language: string;
  /** The answer; of a push, its body. */
  readonly text: string;
}

const EXAMPLE = /```http\n(GET|POST) (\S+)\n```\s+```(json|csv)\n([^]*?)\n```/g;
const guide = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
const examples = [...guide.matchAll(EXAMPLE)].map(
  ([, method = '', target = '', language = '', text = '']): Example => ({ method, target, language, text }),
);
const pushes = examples.filter(({ method }) => method === 'POST');
const questions = examples.filter(({ method }) => method === 'GET');

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await startLedger();
  for (const { text } of pushes) expect((await ledger.push(text)).status).toBe(200);
});
afterAll(() => ledger.stop());

it('The guide to the API asks its questions', () => {
  expect([pushes.length, questions.length]).toEqual([2, 13]);
});

it.each(questions)('$target is answered as the guide says', async ({ target, language, text }) => {
  const answer = await ledger.get(target);
  if (language === 'csv') expect(answer.text.replace('\u{feff}', '').trim()).toBe(text);
  else expect(answer.body).toMatchObject(JSON.parse(text, anythingForDots) as object);
});

function anythingForDots(_name: string, value: unknown): unknown {
  return value === '…' ? expect.anything() : value;
}
