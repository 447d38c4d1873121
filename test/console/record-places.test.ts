// Where in a body its records are, for any JSON and any way of writing it: JSON.parse says what is right.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { placeOfCall, recordPlaces } from '../../console/text/record-places.js';
import { shareDown } from '../../console/text/share.js';

/** JSON with white space wherever it may be, and strings that look like more of it. */
const value = fc.jsonValue({ maxDepth: 3, noUnicodeString: false });
const tricky = fc.constantFrom('}', ']', '[', '{', ',', '"', '\\', '\\"', ':', ' ', '\ud83d\ude00', 'callId');
const element = fc.oneof(
  value,
  tricky,
  fc.dictionary(fc.oneof(tricky, fc.string()), fc.oneof(tricky, value), { noNullPrototype: true }),
);
const space = fc.constantFrom('', ' ', '\n', '\t ', '\r\n  ');

describe('The places of records', () => {
  it('are those of the elements of any array', () => {
    fc.assert(
      fc.property(
        fc.array(element),
        space,
        space,
        fc.constantFrom(0, 2),
        (elements, before, after, indent) => {
          const texts = elements.map((one) => JSON.stringify(one, undefined, indent));
          const body = `${before}[${after}${texts.join(`${after},${before}`)}${before}]${after}`;
          expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(elements)));
          expect(recordPlaces(body).map((place) => body.slice(...place))).toEqual(texts);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are all of an object that is not in an array, and none of anything else', () => {
    expect(recordPlaces(' {"a":[1,2]}\n')).toEqual([[1, 12]]);
    expect(['', ' ', '[]', '[ ]', '"text"', '12'].map(recordPlaces)).toEqual([[], [], [], [], [], []]);
  });
});

describe('The place of a call', () => {
  it('is found by any callId, a number with all of its digits', () => {
    const id = fc.oneof(
      fc.bigInt({ min: 0n, max: 10n ** 30n }).map((digits) => [String(digits), String(digits)]),
      fc.string({ minLength: 1 }).map((text) => [JSON.stringify(text), text.trim()]),
    );
    fc.assert(
      fc.property(id, fc.array(element), space, fc.string(), ([json = '', callId = ''], others, gap, out) => {
        const members = [
          `"outId":${JSON.stringify(out)}`,
          `"callId"${gap}:${gap}${json}`,
          '"extra":{"callId":1}',
        ];
        const record = `{${gap}${members.join(`${gap},`)}${gap}}`;
        const body = `[${[...others.map((one) => JSON.stringify(one)), record].join(',')}]`;
        const found = placeOfCall(body, callId);
        expect(found && body.slice(...found)).toBe(record);
      }),
      { numRuns: 500 },
    );
  });

  it('tells neighbours beyond 2^53 apart, and takes the last of equals', () => {
    const body =
      '[{"callId":9007199254740993},{"callId":9007199254740992},{"callId":"9007199254740993","n":2}]';
    const of = (callId: string) => {
      const found = placeOfCall(body, callId);
      return found && body.slice(...found);
    };
    expect(of('9007199254740992')).toBe('{"callId":9007199254740992}');
    expect(of('9007199254740993')).toBe('{"callId":"9007199254740993","n":2}');
    expect(of('9007199254740994')).toBeUndefined();
    expect(placeOfCall('{"callId":1,"call\\u0049d":90071992547409931}', '90071992547409931')).toEqual([
      0, 44,
    ]);
    for (const number of ['1.50', '1e3', '-0', '7'])
      expect(placeOfCall(`{"callId":${number}}`, number)).toEqual([0, 11 + number.length]);
    expect(placeOfCall('[{"callId":undefined},null,3,{"other":1}]', 'undefined')).toBeUndefined();
  });
});

describe('A share', () => {
  it('is never said to be more than it is', () => {
    expect([shareDown(99_996, 100_000), shareDown(1, 1), shareDown(57, 100), shareDown(0, 3)]).toEqual([
      '99.99%',
      '100%',
      '57.00%',
      '0.00%',
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.nat(), (whole, some) => {
        const part = some % whole;
        const said = Number.parseFloat(shareDown(part, whole));
        expect(said * whole).toBeLessThanOrEqual(part * 100 + 1e-3);
        expect(said).toBeLessThan(100);
      }),
    );
  });
});
