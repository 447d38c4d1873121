// Where in a text somebody's words are.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { partsOf } from '../../console/text/found.js';

const found = (text: string, sought: string) =>
  partsOf(text, sought).map(({ text: part, isFound }) => (isFound ? `[${part}]` : part));

describe('Parts of a text', () => {
  it('are what was looked for, in upper and lower case, and the rest', () => {
    expect(found('Sunday, not sunday.', 'sun')).toEqual(['[Sun]', 'day, not ', '[sun]', 'day.']);
    expect(found('周六下午', '周六')).toEqual(['[周六]', '下午']);
    expect(found('a.c abc', 'a.c')).toEqual(['[a.c]', ' abc']);
    expect(found('text', '')).toEqual(['text']);
    expect(found('', 'x')).toEqual(['']);
  });

  it('make the whole text again, whatever was looked for', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'aA.*+?^${}()|[]\\/-İß '), maxLength: 20 });
    fc.assert(
      fc.property(texts, texts, (text, sought) => {
        const parts = partsOf(text, sought);
        expect(parts.map((part) => part.text).join('')).toBe(text);
        if (sought !== '' && text.includes(sought)) expect(parts.some(({ isFound }) => isFound)).toBe(true);
      }),
    );
  });
});
