// A number as people type it, and what the API is asked for.
import { describe, expect, it } from 'vitest';
import { typedNumber } from '../../console/text/typed-number.js';
import { coreOf } from '../../src/numbers/core.js';

describe('A typed number', () => {
  it.each([
    '13900000000',
    '+86 139 0000 0000',
    '8613900000000',
    '0086 139-0000-0000',
    '139.0000.0000',
    '(+86) 13900000000',
    '（＋８６）１３９００００００００',
  ])('%s is asked for without the country code', (typed) => {
    expect(typedNumber(typed)).toBe('13900000000');
  });

  it.each([
    ['0571 0000000', '05710000000'],
    ['+86 571 0000000', '5710000000'],
    ['86000000', '86000000'],
    ['4915100000000', '4915100000000'],
    ['+1 650 555 0100', '+16505550100'],
    ['95000', '95000'],
  ])('%s is asked for as %s, which is the same number to the API', (typed, asked) => {
    expect(typedNumber(typed)).toBe(asked);
    expect(coreOf(asked)).toBe(coreOf(typed));
  });

  it.each(['1234', '118183022732400000', '12-ab-5678', '139,000', '1+3900000000', ''])(
    '%j is none',
    (typed) => {
      expect(typedNumber(typed)).toBeUndefined();
    },
  );
});
