import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { coreOf, plainForms } from '../../src/numbers/core.js';
import { eachCore, ERASED, NumberSearch } from '../../src/numbers/number-search.js';
import { erasedBody } from '../../src/numbers/erased-body.js';
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
  '139.0000.0000',
  '139 - 0000 - 0000',
  '１３９００００００００',
  '+86.13900000000',
];
const LANDLINE_FORMS = ['05710000001', '5710000001', '0571-0000001', '(0571) 0000001', '+86 571 0000001'];

describe('A number', () => {
  it.each(MOBILE_FORMS)('%s is the same in every form', (form) => {
    expect(coreOf(form)).toBe(MOBILE);
  });

  it.each(LANDLINE_FORMS)('%s is the same landline', (form) => {
    expect(coreOf(form)).toBe('5710000001');
  });

  it.each(['', '12345', '0000000', '1390000000x', '1'.repeat(16), '+', '139    0000 0000', '++13900000000'])(
    'is not %j',
    (form) => {
      expect(coreOf(form)).toBeUndefined();
    },
  );

  it('of another country keeps its code', () => {
    expect(coreOf('+1 650 555 0100')).toBe('16505550100');
    expect(coreOf('0016505550100')).toBe('16505550100');
  });

  it('has plain forms, all of which are this number', () => {
    const plain = MOBILE_FORMS.filter((form) => /^\+?[0-9]+$/.test(form));
    expect(plainForms(MOBILE)).toEqual(expect.arrayContaining(plain));
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9][0-9]{6,14}$/), (digits) => {
        const core = coreOf(digits) ?? '';
        expect(new Set(plainForms(core).map(coreOf))).toEqual(new Set([core]));
      }),
    );
  });
});

describe('The search for a number', () => {
  const search = new NumberSearch(MOBILE);
  const landline = new NumberSearch('5710000001');

  it.each(MOBILE_FORMS)('finds %s, and it alone', (form) => {
    const text = `called ${form}, then 13900000001`;
    expect(search.isIn(text)).toBe(true);
    expect(search.erasedFrom(text)).toMatch(/^called \(?\[erased\], then 13900000001$/);
    expect(coresIn(text)).toEqual(new Set([MOBILE, '13900000001']));
  });

  it.each(LANDLINE_FORMS)('finds the landline %s', (form) => {
    expect(landline.isIn(`by ${form}.`)).toBe(true);
    expect(coresIn(`by ${form}.`)).toContain('5710000001');
  });

  it.each([
    '113900000000',
    '139000000001',
    '1181390000000000',
    '13900000001',
    '139****0000',
    '139    0000    0000',
    '139\n0000\n0000',
  ])('does not find %s', (text) => {
    expect(search.isIn(text)).toBe(false);
    expect(coresIn(text)).not.toContain(MOBILE);
  });

  it('takes no date for a number', () => {
    expect(new NumberSearch('2025060110').isIn('2025-06-01 10:59:45')).toBe(false);
  });

  it('leaves nothing in any JSON that holds it, which stays JSON with all else as it was', async () => {
    const holder = fc.constantFrom(...MOBILE_FORMS, 13900000000, 8613900000000, 'call 13900000000 "now" \\');
    const other = fc.oneof(fc.string(), fc.integer(), fc.constantFrom('13900000001', '\\"', '"', true, null));
    const json = fc.array(fc.dictionary(fc.string(), fc.oneof(holder, other, fc.array(holder))));
    await fc.assert(
      fc.asyncProperty(json, async (records) => {
        const text = JSON.stringify(records, null, 1);
        const erased = await erasedBody(Buffer.from(text), search);
        expect(erased === undefined).toBe(!search.isInJson(text));
        if (erased === undefined) return;
        expect(search.isInJson(erased.toString())).toBe(false);
        const expected = JSON.parse(text, (_key, value: unknown) => withoutNumber(value, search)) as unknown;
        expect(JSON.parse(erased.toString())).toEqual(expected);
      }),
    );
  });

  it('finds digits between which characters of two code units stand', async () => {
    const tag = String.fromCodePoint(0xe0020);
    for (const parted of [`139${tag}${tag}00000000`, `139${tag}0000${tag}${tag}${tag}0000`]) {
      expect(search.erasedFrom(`a ${parted} b`)).toBe(`a ${ERASED} b`);
      const body = await erasedBody(Buffer.from(JSON.stringify([{ note: parted }])), search);
      expect(body?.toString()).toBe(`[{"note":"${ERASED}"}]`);
    }
  });

  it('finds escaped digits, and numbers with an exponent', async () => {
    const escaped = Buffer.from('[{"callee":"\\u00313900000000","a":1, "n":[1.39e10,139E8, 13900000000.0]}]');
    expect((await erasedBody(escaped, search))?.toString()).toBe(
      `[{"callee":"${ERASED}","a":1, "n":["${ERASED}","${ERASED}", "${ERASED}"]}]`,
    );
  });

  it('leaves the blanks around a number, in fields for numbers too', async () => {
    const text = (number: string) =>
      `[{"callee":" ${number} ","caller":"\\t${number}","realCaller":{"n":[" ${number}"]},"a":" ${number} "}]`;
    expect((await erasedBody(Buffer.from(text('13900000000')), search))?.toString()).toBe(text(ERASED));
  });

  it('finds the digits of other scripts in what is not UTF-8, and changes no other byte of it', async () => {
    const before = Buffer.from([0xff, 0x80, 0xed, 0xa0, 0x80, 0xc3]);
    const bytes = Buffer.concat([before, Buffer.from('13900000000 １３９００００００００'), Buffer.of(0xfe)]);
    const rest = Buffer.from(`"${ERASED}" "${ERASED}"`);
    expect(await erasedBody(bytes, search)).toEqual(Buffer.concat([before, rest, Buffer.of(0xfe)]));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (noise) => {
        const erased = await erasedBody(Buffer.concat([noise, Buffer.from('x13900000000x')]), search);
        const expected = [...noise, ...Buffer.from(`x${ERASED}x`)];
        expect([...(erased ?? [])].filter((byte) => byte !== 0x22)).toEqual(
          expected.filter((byte) => byte !== 0x22),
        );
      }),
    );
  });

  it('does not mind millions of blanks, brackets, quotes, or backslashes', async () => {
    for (const filling of [' ', '[', '"', '\\', '\\u0031', '1 ', '+', '{"callee":']) {
      const bytes = Buffer.from(`[{"duration":1${filling.repeat(1_000_000 / filling.length)}`);
      const held = Buffer.concat([bytes, Buffer.from(' x "callee":"13900000000"')]);
      expect((await erasedBody(held, search))?.includes('13900000000')).toBe(false);
      expect(coresIn(held.toString())).toContain(MOBILE);
    }
    const json = Buffer.from(`[{"duration":1${' '.repeat(8_000_000)},"callee":"13900000000"}]`);
    expect((await erasedBody(json, search))?.toString().endsWith(` ,"callee":"${ERASED}"}]`)).toBe(true);
  });

  it('finds numbers in text behind JSON, which a mark in the place of another number may be', () => {
    const text = '13900000001; 0571,0000001; {"a":1} 0571[0000001]';
    const first = new NumberSearch('13900000001').erasedFromBody(text);
    expect(first).toBe('"[erased]"; 0571,0000001; {"a":1} 0571[0000001]');
    expect(landline.erasedFromBody(first)).toBe('"[erased]"; [erased]; {"a":1} [erased]]');
    expect(coresIn(first)).toContain('5710000001');
    const other = '[1], then {"callee":13900000000,"duration":30}';
    expect(search.erasedFromBody(other)).toBe(`[1], then {"callee":"${ERASED}","duration":30}`);
  });

  it('finds a number of the call wherever it is in the same record, whatever it looks like there', () => {
    const moment = new NumberSearch('1748742000');
    const text = (callee: string) => `{"callee":"${callee}","t":1748742000,"note":"a1748742000123456789"}`;
    expect(moment.erasedFromBody(text('01748742000'))).toBe(
      `{"callee":"${ERASED}","t":"${ERASED}","note":"a${ERASED}"}`,
    );
    expect(moment.erasedFromBody(text('01748742001'))).toBe(text('01748742001'));
  });
});

function coresIn(text: string): Set<string> {
  const cores = new Set<string>();
  const finding = eachCore(text, (core) => cores.add(core));
  while (finding.next().done !== true);
  return cores;
}

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
