// What was read again, because a server failed in the middle, stands in the answer once.
import { describe, expect, it } from 'vitest';
import type { WrittenAnswer } from '../../../src/http/answers/written-answer.js';
import { ChangeWriter } from '../../../src/query/changes/change-writer.js';

const FORM = { fields: undefined, isMasked: false };
const END = { nextCursor: 'c', upToDate: true };
const erased = (position: number) => ({ position, callId: `call-${position}`, call: undefined });

function answered(asLines: boolean, ...parts: readonly (readonly number[])[][]): string {
  const writer = new ChangeWriter(FORM, asLines, 3);
  for (const attempts of parts) {
    const part = writer.part();
    for (const positions of attempts) {
      part.begin();
      for (const position of positions) part.take(erased(position));
    }
  }
  return textOf(writer.answer(END));
}

function textOf({ content }: WrittenAnswer): string {
  return typeof content === 'string' ? content : Buffer.concat(content).toString();
}

const ONE = '{"type":"erased","callId":"call-1"}';
const TWO = '{"type":"erased","callId":"call-2"}';

describe.each([
  [false, `{"data":[${ONE},${TWO}],"nextCursor":"c","upToDate":true}`],
  [true, `${ONE}\n${TWO}\n{"type":"page","nextCursor":"c","upToDate":true}\n`],
])('A page of changes (as lines: %s)', (asLines, expected) => {
  it.each([
    ['is read at once', [[[1, 2]]]],
    ['is read in two parts', [[[1]], [[2]]]],
    [
      'is read again from its beginning',
      [
        [
          [1, 2, 3],
          [1, 2],
        ],
      ],
    ],
    ['is read again in its second part', [[[1]], [[2, 3], [], [2]]]],
    ['has parts without a change', [[[]], [[1]], [[]], [[2]]]],
  ])('%s', (_how, parts) => {
    expect(answered(asLines, ...parts)).toBe(expected);
  });

  it('begins where nothing was before, although something was read in vain', () => {
    expect(answered(asLines, [[3], [1, 2]])).toBe(expected);
  });

  it('may be empty', () => {
    const end = '"nextCursor":"c","upToDate":true}';
    const empty = asLines ? `{"type":"page",${end}\n` : `{"data":[],${end}`;
    expect(answered(asLines)).toBe(empty);
    expect(answered(asLines, [[1], []])).toBe(empty);
  });
});

it('A page takes no more after 16 MB, and has what it took', () => {
  const writer = new ChangeWriter(FORM, true, 100_000);
  const part = writer.part();
  part.begin();
  const callId = 'long-'.repeat(200);
  let taken = 1;
  while (part.take({ position: 1, callId, call: undefined })) taken += 1;
  const text = textOf(writer.answer(END));
  const bytes = Buffer.byteLength(text);
  expect(bytes).toBeGreaterThan(16 * 1024 * 1024);
  // A change comes after the one that fills the page: what waits to be written is not counted yet.
  expect(bytes).toBeLessThan(17 * 1024 * 1024);
  expect(text.split(callId)).toHaveLength(taken + 1);
});

it('A long page is made of several texts, which read as one', () => {
  const writer = new ChangeWriter(FORM, true, 100_000);
  const part = writer.part();
  part.begin();
  const positions = Array.from({ length: 60_000 }, (_, index) => index);
  for (const position of positions) part.take(erased(position));
  const answer = writer.answer(END);
  expect(answer.content.length).toBeGreaterThan(1);
  const lines = textOf(answer).split('\n');
  expect(lines.slice(0, -2)).toEqual(
    positions.map((position) => `{"type":"erased","callId":"call-${position}"}`),
  );
});
