import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { readBody, UnreadableBodyError } from '../../src/ingestion/reading/body-reader.js';

function failureOf(body: Buffer): string {
  try {
    readBody(body);
  } catch (error) {
    if (error instanceof UnreadableBodyError) return error.message;
    throw error;
  }
  throw new Error('the body was read');
}

describe('A body', () => {
  it('gives every element, and the text of each as it came', () => {
    const shortNumbers = fc.json({ maxDepth: 3 }).filter((json) => !/\d{15}|\de/.test(json));
    const jsonWithSpaces = fc
      .tuple(shortNumbers, fc.constantFrom('', ' ', '\n\t'))
      .map(([json, space]) => ({ json, text: `${space}${json}${space}` }));
    fc.assert(
      fc.property(fc.array(jsonWithSpaces), (elements) => {
        const content = readBody(Buffer.from(` [${elements.map(({ text }) => text).join(',')}] `));
        expect(content.elements.map(({ value }) => value)).toEqual(
          elements.map(({ json }) => JSON.parse(json) as unknown),
        );
        expect(content.elements.map((_element, index) => content.textOf(index))).toEqual(
          elements.map(({ json }) => json),
        );
      }),
    );
  });

  it('may begin with a byte order mark', () => {
    expect(readBody(Buffer.from('\ufeff[1]')).elements).toEqual([{ value: 1, place: '/0' }]);
  });

  it('counts the byte order mark in the place where it is wrong', () => {
    expect(failureOf(Buffer.from('\ufeff[1,]'))).toBe('The body is not JSON: unexpected character at byte 6');
  });

  it.each([
    ['nothing', '', 'The body is empty, not JSON at byte 0'],
    ['an end too early', '[{"callId":"a"}', 'The body is not JSON: it ends too early at byte 15'],
    [
      'a stray character after Chinese text',
      '["用户" x]',
      'The body is not JSON: unexpected character at byte 10',
    ],
    [
      'an end too early, a million levels deep',
      '['.repeat(1_000_000),
      'The body is not JSON: it ends too early at byte 1000000',
    ],
    ['a bare text', '"abc"', 'The body is neither a JSON array nor an object at byte 0'],
  ])('that is %s is refused with the place', (_name, text, message) => {
    expect(failureOf(Buffer.from(text))).toBe(message);
  });

  it('that is not UTF-8 is refused with the place of the first wrong byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
        const beginning = Buffer.from(before);
        const body = Buffer.concat([beginning, Buffer.from([0xff]), Buffer.from(after)]);
        expect(failureOf(body)).toBe(`The body is not UTF-8 at byte ${beginning.length}`);
      }),
    );
  });

  it('never has its content in the message', () => {
    expect(failureOf(Buffer.from('[{"callee":"13900000000",}]'))).not.toContain('139');
  });
});
