// The memory of an answer is free once it was sent.
import { expect, it } from 'vitest';
import { WrittenAnswer } from '../../src/http/answers/written-answer.js';

it('frees large parts, and leaves what other buffers share', () => {
  const large = [Buffer.alloc(1_000_000, 'a'), Buffer.alloc(2 * Buffer.poolSize, 'b').subarray(10)];
  const small = Buffer.from('of the memory that small buffers share');
  const answer = new WrittenAnswer([...large, small], 'application/x-ndjson', 0);
  answer.free();
  expect(large.map(({ length }) => length)).toEqual([0, 0]);
  expect(small.toString()).toBe('of the memory that small buffers share');
  answer.free();
});

it('has nothing to free if it is a string', () => {
  const answer = new WrittenAnswer('{}', 'application/json', 0);
  answer.free();
  expect(answer.content).toBe('{}');
});
