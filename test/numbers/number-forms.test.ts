import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { erasedBody } from '../../src/numbers/erased-body.js';
import { coreOf, coresIn, ERASED, NumberSearch } from '../../src/numbers/number-forms.js';
import { numberHash, openedNumber, sealedNumber } from '../../src/numbers/number-secrets.js';

const MOBILE = '13900000000';
const MOBILE_FORMS = [
  '13900000000',
  '013900000000',
  '8613900000000',
  '+8613900000000',
  '008613900000000',
  '+86 139 0000 0000',
  '139-0000-0000',
  '(+86)139-00000000',
  '0086-139-0000-0000',
  '1390000 0000',
];
const LANDLINE_FORMS = ['05710000001', '5710000001', '0571-0000001', '(0571) 0000001', '+86 571 0000001'];

describe('A number', () => {
  it.each(MOBILE_FORMS.filter((form) => !form.startsWith('(')))('%s is the same in every form', (form) => {
    expect(coreOf(form)).toBe(MOBILE);
  });

  it.each(LANDLINE_FORMS)('%s is the same landline', (form) => {
    expect(coreOf(form)).toBe('5710000001');
  });

  it.each(['', '12345', '0000000', '1390000000x', '1'.repeat(16), '+', '139.0000.0000'])(
    'is not %j',
    (form) => {
      expect(coreOf(form)).toBeUndefined();
    },
  );

  it('of another country keeps its code', () => {
    expect(coreOf('+1 650 555 0100')).toBe('16505550100');
    expect(coreOf('0016505550100')).toBe('16505550100');
  });
});

describe('The search for a number', () => {
  const search = new NumberSearch(MOBILE);
  const landline = new NumberSearch('5710000001');

  it.each(MOBILE_FORMS)('finds %s, and it alone', (form) => {
    const text = `called ${form}, then 13900000001`;
    expect(search.isIn(text)).toBe(true);
    expect(search.erasedFrom(text)).not.toMatch(/13900000000|0000 0000/);
    expect(search.erasedFrom(text)).toContain('then 13900000001');
    expect(new RegExp(search.sqlPattern).test(text)).toBe(true);
    expect([...coresIn(text)]).toContain(MOBILE);
  });

  it.each(LANDLINE_FORMS)('finds the landline %s', (form) => {
    expect(landline.isIn(`by ${form}.`)).toBe(true);
    expect([...coresIn(`by ${form}.`)]).toContain('5710000001');
  });

  it.each([
    '113900000000',
    '139000000001',
    '1181390000000000',
    '13900000001',
    '1-3-9-0-0-0-0-0-0-0-0',
    '139****0000',
  ])('does not find %s', (text) => {
    expect(search.isIn(text)).toBe(false);
  });

  it('takes no date for a number', () => {
    expect(new NumberSearch('2025060110').isIn('2025-06-01 10:59:45')).toBe(false);
  });

  it('leaves nothing in any JSON that holds it, which stays JSON with all else as it was', () => {
    const holder = fc.constantFrom(...MOBILE_FORMS, 13900000000, 8613900000000, 'call 13900000000 "now" \\');
    const other = fc.oneof(fc.string(), fc.integer(), fc.constantFrom('13900000001', '\\"', '"', true, null));
    const json = fc.array(fc.dictionary(fc.string(), fc.oneof(holder, other, fc.array(holder))));
    fc.assert(
      fc.property(json, (records) => {
        const text = JSON.stringify(records, null, 1);
        const erased = erasedBody(Buffer.from(text), search);
        expect(erased === undefined).toBe(!search.isIn(text));
        if (erased === undefined) return;
        expect(search.isIn(erased.toString())).toBe(false);
        const expected = JSON.parse(text, (_key, value: unknown) => withoutNumber(value, search)) as unknown;
        expect(JSON.parse(erased.toString())).toEqual(expected);
      }),
    );
  });

  it('finds escaped digits, and changes no byte of what is not UTF-8', () => {
    const escaped = Buffer.from('[{"callee":"\\u00313900000000","a":1}]');
    expect(erasedBody(escaped, search)?.toString()).toBe(`[{"callee":"${ERASED}","a":1}]`);
    const bytes = Buffer.concat([
      Buffer.from([0xff, 0x80]),
      Buffer.from('13900000000 '),
      Buffer.from([0xfe]),
    ]);
    const rest = erasedBody(bytes, search);
    expect(rest?.subarray(0, 2)).toEqual(bytes.subarray(0, 2));
    expect(rest?.at(-1)).toBe(0xfe);
  });
});

function withoutNumber(value: unknown, search: NumberSearch): unknown {
  if (typeof value === 'string') return search.erasedFrom(value);
  return typeof value === 'number' && search.isIn(String(value)) ? ERASED : value;
}

describe('A sealed number', () => {
  const secret = Buffer.alloc(32, 1);
  it('is given back with its secret, and with no other', () => {
    const sealed = sealedNumber(secret, MOBILE);
    expect(sealed.includes(MOBILE)).toBe(false);
    expect(openedNumber(secret, sealed)).toBe(MOBILE);
    expect(() => openedNumber(Buffer.alloc(32, 2), sealed)).toThrow();
    expect(numberHash(secret, MOBILE)).toEqual(numberHash(secret, MOBILE));
    expect(numberHash(secret, MOBILE)).not.toEqual(numberHash(Buffer.alloc(32, 2), MOBILE));
  });
});
