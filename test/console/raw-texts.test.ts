// What the console reads out of texts without making them anew.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { memberText } from '../../console/text/record-places.js';
import { aroundMark, marked } from '../../console/views/quarantine/mark-of.js';

describe('The text of a member', () => {
  it('keeps all digits', () => {
    const extra = '{"big":12345678901234567890,"small":1.10000000000000000001}';
    expect(memberText(`{"a":"x, \\"extra\\":1","extra": ${extra} ,"b":{"extra":2}}`, 'extra')).toBe(extra);
  });

  it('is that of the member, whatever else the object holds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const json = JSON.stringify(object);
        for (const [name, value] of Object.entries(object))
          expect(memberText(json, name)).toBe(JSON.stringify(value));
        expect(memberText(json, 'no such member at all')).toBeUndefined();
      }),
    );
  });
});

describe('The mark', () => {
  it('is the character at the byte, behind characters of several bytes', () => {
    expect(marked('{"a":"外呼"x', 'utf8', 'byte 13')).toEqual({ text: '{"a":"外呼"x', mark: [9, 10] });
  });

  it('is the last character where the body ends too early', () => {
    expect(marked('[{"a":', 'utf8', 'byte 6').mark).toEqual([5, 6]);
  });

  it('is found in bytes that are no text', () => {
    const raw = Buffer.from([0x5b, 0xef, 0xbb, 0xbf, 0xff, 0x5d]).toString('base64');
    expect(marked(raw, 'base64', 'byte 4')).toEqual({ text: '[\uFEFF\uFFFD]', mark: [2, 3] });
  });

  it('stays where it is when only what is around it is shown', () => {
    const text = `${'a'.repeat(30_000)}#${'b'.repeat(30_000)}`;
    expect(aroundMark(text, [30_000, 30_001])).toEqual([20_000, 40_001]);
  });

  it('is a whole character, and so are the ends of what is around it', () => {
    expect(marked('["😀"x', 'utf8', 'byte 2').mark).toEqual([2, 4]);
    expect(marked('["😀', 'utf8', 'byte 6').mark).toEqual([2, 4]);
    const text = `${'😀'.repeat(10_000)}#${'😀'.repeat(10_000)}`;
    const [first, last] = aroundMark(text, [20_000, 20_001]);
    expect([first, last]).toEqual([10_000, 30_001]);
    const odd = ` ${text} `;
    expect(odd.slice(...aroundMark(odd, [20_002, 20_005])).isWellFormed()).toBe(true);
  });
});
