// A number as people type it: the ways in which the ledger may have it.
import { describe, expect, it } from '@jest/globals';
import { numberForms } from '../../console/text/number-forms.js';
import { coreOf } from '../../src/numbers/core.js';

describe('The forms of a number', () => {
  it.each([
    '13900000000',
    '+86 139 0000 0000',
    '8613900000000',
    '0086 139-0000-0000',
    '(+86) 13900000000',
    '（＋８６）１３９００００００００',
    '013900000000',
  ])('of %s hold it without the country code', (typed) => {
    expect(numberForms(typed)).toContain('13900000000');
    expect(numberForms(typed)).toContain('+8613900000000');
  });

  it('hold what was typed first, a landline with its zero, and no form of another number', () => {
    expect(numberForms('0571 0000000')[0]).toBe('05710000000');
    expect(numberForms('+86 571 0000000')).toContain('05710000000');
    for (const typed of ['13900000000', '+86 571 0000000', '86000000', '4915100000000']) {
      const cores = new Set(numberForms(typed).map(coreOf));
      expect([...cores]).toEqual([coreOf(typed)]);
    }
  });

  it('are those of a hotline alone, and none of what is no number', () => {
    expect(numberForms('95000')).toEqual(['95000']);
    for (const typed of ['1234', '118183022732400000', '12-ab-5678', '139,000', '1+3900000000', ''])
      expect(numberForms(typed)).toEqual([]);
  });
});
