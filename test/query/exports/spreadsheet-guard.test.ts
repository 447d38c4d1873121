import { describe, expect, it } from 'vitest';
import { guarded } from '../../../src/query/exports/spreadsheet-guard.js';

describe('A text for a spreadsheet', () => {
  it.each([
    '=1+1',
    '+8613900000000',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '＝1',
    '－1',
    '＋1',
    '＠a',
  ])('has an apostrophe before what would run as a formula: %j', (text) => {
    expect(guarded(text)).toBe(`'${text}`);
  });

  it.each(
    [
      '05710000000',
      '118100000000000001',
      '1E5',
      '2025-06-01',
      '10:30',
      '1/2',
      '(5)',
      '$5',
      '€ 5',
      '.5',
      '¥1,000',
      '１３９',
    ].concat(['TRUE', 'false', 'SEPT2', 'mar-25', 'June 5', 'Dec. 3']),
  )('has a tab before what would become a number, a date or a truth value: %j', (text) => {
    expect(guarded(text)).toBe(`\t${text}`);
  });

  it.each([
    '',
    'ANSWERED',
    'B20250601',
    'Call ended normally',
    'task-1',
    'truely',
    'Mario',
    '已接通',
    '{"a": 1}',
  ])('stays as it is otherwise: %j', (text) => {
    expect(guarded(text)).toBe(text);
  });
});
