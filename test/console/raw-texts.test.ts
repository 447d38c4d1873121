// What the console reads out of texts without making them anew.
import { describe, expect, it } from '@jest/globals';
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
    const { text: shown, mark } = aroundMark(text, [30_000, 30_001]);
    expect([shown.length, shown.slice(...mark)]).toEqual([20_001, '#']);
  });
});
