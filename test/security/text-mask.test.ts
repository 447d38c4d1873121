import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { countMasked, maskEntry } from '../../src/security/masking/answer-mask.js';
import { maskJsonText } from '../../src/security/masking/json-text-mask.js';
import { maskNumber } from '../../src/security/masking/number-mask.js';
import { NONE, OwnNumbers } from '../../src/numbers/own-numbers.js';
import { maskReference, maskText } from '../../src/security/masking/text-mask.js';

describe('A masked number', () => {
  it.each([
    ['13900000000', '139****0000'],
    ['05710000001', '057****0001'],
    ['+8613900000000', '+86****0000'],
    ['0571000000', '057****000'],
    ['88880000', '88****00'],
    ['8888000', '8****00'],
    ['888000', '****'],
    ['10086', '****'],
    ['', '****'],
    ['139********', '139********'],
    ['anonymous', 'an****ous'],
  ])('%s is shown as %s', (number, shown) => {
    expect(maskNumber(number)).toBe(shown);
  });

  it('shows seven characters at most, and hides four at least', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }), (text) => {
        const masked = Array.from(maskNumber(text));
        expect(masked.length - 4).toBeLessThanOrEqual(Math.min(7, Math.max(0, Array.from(text).length - 4)));
      }),
    );
  });
});

describe('In any text', () => {
  it.each([
    ['13900000000', '139****0000'],
    ['call 13900000000 now', 'call 139****0000 now'],
    ['tel13900000000,05710000000', 'tel139****0000,057****0000'],
    ['+86 139 0000 0000', '+86****0000'],
    ['139-0000-0000', '139****0000'],
    ['139.0000.0000', '139****0000'],
    ['0571-00000000', '057****0000'],
    ['(0571) 00000000', '(057****0000'],
    ['400-000-0000', '400****000'],
    ['13900000000.0', '139****0000.0'],
    ['１３９００００００００', '139****0000'],
    ['13900000000 13900000001', '139****0000 139****0001'],
    ['rec/20250601/13900000000_1748742000.wav', 'rec/20250601/139****0000_1748742000.wav'],
  ])('%s is shown as %s', (text, shown) => {
    expect(maskText(text, NONE)).toBe(shown);
  });

  it.each([
    '2025-06-01 09:59:45',
    '2025-06-01T01:59:45.000Z',
    'at 2025-06-01 and 20250601095945',
    '20250601',
    '1748742000',
    '1748742000123',
    '118100000000000001',
    '9662000000000001',
    '01972a3e-5f1c-7c3a-9d55-0a4b6c7d8e9f',
    '12345678-1234-7123-8123-123456789012',
    'c0ffee0123456789'.repeat(4),
    '192.168.100.200',
    '120.12345678',
    'B20250601',
    '10 20 30 40 50',
    '200010',
  ])('%s is no number, and stays', (text) => {
    expect(maskText(text, NONE)).toBe(text);
  });

  it('a number of the call is masked whatever it looks like', () => {
    const own = new OwnNumbers();
    for (const number of ['95588', '1748742000', '13900000000']) own.add(number);
    expect(maskText('95588, 1748742000, 95589', own)).toBe('****, 174****000, 95589');
    expect(maskText('139000000001748742000999', own)).toBe('139****0999');
  });

  it("the caller's own reference is masked where it is a mobile number or one of the call only", () => {
    const own = new OwnNumbers();
    own.add('05710000000');
    const shown = ['13900000000', '+4930000000', '05710000000', '202506010042', '10000000042'].map((text) =>
      maskReference(text, own),
    );
    expect(shown).toEqual(['139****0000', '+49****0000', '057****0000', '202506010042', '10000000042']);
  });

  it('no digits of a mobile number come through, whatever stands around them', () => {
    const around = fc.string({ maxLength: 20 }).filter((text) => !/\d/.test(text));
    const mobile = fc.integer({ min: 13_000_000_000, max: 19_999_999_999 }).map(String);
    fc.assert(
      fc.property(around, mobile, around, (before, number, after) => {
        expect(maskText(before + number + after, NONE)).not.toContain(number);
      }),
    );
  });

  it('a very long one takes no time, and hides what is in it', () => {
    for (const part of ['1', '1 ', '1.', '12 ', '13900000000 ', '1-']) {
      const text = part.repeat(Math.ceil(5_000_000 / part.length));
      const begin = performance.now();
      expect(maskText(text, NONE)).not.toContain('13900000000');
      maskJsonText(`["${text}"]`);
      maskJsonText(text);
      expect(performance.now() - begin).toBeLessThan(60_000);
    }
  });
});

describe('In the text of JSON', () => {
  it('numbers are masked by their fields and by their looks; it stays JSON', () => {
    const text = `[ {"callId": "100001611234^100001811234", "taskId":"118100000000000001", "callee" : 13900000000,
      "caller":"95588", "list":[13900000001,"13900000002"], "n": 1.39e10, "note":"95588 called \\u00313900000003",
      "odd":"\\u600013900000004", "originateTime":"2025-06-01 09:59:45", "duration":330, "id":12345678901234567890,
      "outId":"20250601001234", "13900000005": null}, "13900000006" ]`;
    const masked = maskJsonText(text);
    expect(masked).not.toMatch(/139000000/);
    expect(JSON.parse(masked)).toEqual([
      {
        callId: '100001611234^100001811234',
        taskId: '118100000000000001',
        callee: '139****0000',
        caller: '****',
        list: ['139****0001', '139****0002'],
        n: '139****0000',
        note: '**** called 139****0003',
        odd: '怀139****0004',
        originateTime: '2025-06-01 09:59:45',
        duration: 330,
        id: Number('12345678901234567890'),
        outId: '20250601001234',
        '139****0005': null,
      },
      '139****0006',
    ]);
    // Nothing else of it has changed.
    expect(masked).toContain('12345678901234567890');
    expect(masked.startsWith('[ {"callId": "100001611234^100001811234", "taskId"')).toBe(true);
  });

  it.each([
    ['[{"callee":"13900000000", "note": "13900000001', '[{"callee":"139****0000", "note": "139****0001'],
    ['{"callId":"a"},"13900000000"', '{"callId":"a"},"139****0000"'],
    ['{"callId":["13900000000"', '{"callId":["139****0000"'],
    ['{"callId" "13900000000"', '{"callId" "139****0000"'],
    ['callee=13900000000&a=1', 'callee=139****0000&a=1'],
    ['<callee>13900000000</callee>', '<callee>139****0000</callee>'],
    ['13900000000', '139****0000'],
    ['\uFEFF [13900000000]', '\uFEFF ["139****0000"]'],
  ])('that is broken, too: %s', (text, shown) => {
    expect(maskJsonText(text)).toBe(shown);
  });

  it('what was JSON stays JSON of the same form, whatever it is', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (json, space) => {
        const text = JSON.stringify(JSON.parse(json), null, space);
        // A number alone is taken for text, as above: nobody pushes such JSON.
        fc.pre(!/^-?[0-9]/.test(text));
        expect(() => JSON.parse(maskJsonText(text)) as unknown).not.toThrow();
      }),
    );
  });
});

describe('In an answer', () => {
  it('fields that count are left alone, and names of the vendor are masked too', () => {
    const answer = {
      totalDuration: 13900000000,
      callee: '13900000000',
      extra: {
        duration: 13900000001,
        callee: { tel: 95588 },
        deep: [{ '13900000002': 1, '139****0002': 2 }],
        toJSON: '13900000003',
        ['__proto__']: '13900000004',
      },
    };
    expect(JSON.parse(JSON.stringify(maskEntry(answer)))).toEqual({
      totalDuration: 13900000000,
      callee: '139****0000',
      extra: {
        duration: '139****0001',
        callee: { tel: '****' },
        deep: [{ '139****0002': 1, '139****0002 (2)': 2 }],
        toJSON: '139****0003',
        ['__proto__']: '139****0004',
      },
    });
  });

  it('what a change of a number has held is masked, by its field', () => {
    expect(maskEntry({ field: 'callee', before: '10086', after: null })).toEqual({
      field: 'callee',
      before: '****',
      after: null,
    });
    expect(maskEntry({ field: 'duration', before: 13900000000, after: 1 })).toMatchObject({
      before: 13900000000,
    });
    expect(maskEntry({ field: 'extra', before: { a: 13900000000 }, after: null })).toMatchObject({
      before: { a: '139****0000' },
    });
  });

  it('the audit counts the entries that a mask would change, and no others', () => {
    const names = 'start end calls answerRate callee extra detail outId statusMsg field before after'.split(
      ' ',
    );
    const values = fc.oneof(
      fc.constantFrom(null, true, 0.4, 13900000000, '', '2025-06-01T00:00:00.000Z', 'callee', '13900000000'),
      fc.constantFrom('139 0000 0000 called', { tel: 13900000000 }, { tel: 'no' }, ['13900000000']),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), values), (entry) => {
        const isChanged = JSON.stringify(maskEntry(entry)) !== JSON.stringify(entry);
        expect(countMasked(entry) > 0).toBe(isChanged);
      }),
      { examples: [[{ field: 'callee', before: 13900000000, after: null }], [{ start: '', calls: 1 }]] },
    );
  });

  it('what is behind a million characters of one entry is hidden unread', () => {
    const note = Array.from({ length: 40 }, () => '12345678-1234-'.repeat(50_000));
    const begin = performance.now();
    const masked = maskEntry({ callee: '13900000000', extra: { note }, statusMsg: 'text' });
    expect(performance.now() - begin).toBeLessThan(30_000);
    expect(masked.callee).toBe('139****0000');
    expect(masked.extra.note.slice(1)).toEqual(note.slice(1).map(() => '****'));
    expect(masked.statusMsg).toBe('****');
  });

  it('many numbers of the call and long digits take no time', () => {
    const lengths = Array.from({ length: 58 }, (_, index) => index + 7);
    const inner = lengths.map((length) => ({ callee: '1'.repeat(length - 1) + '3' }));
    const extra = { inner, one: '1'.repeat(999_000), other: '12'.repeat(499_500) };
    const begin = performance.now();
    const masked = JSON.stringify(maskEntry({ callId: 'a', callee: '13900000000', extra }));
    const body = maskJsonText(JSON.stringify([{ callee: '13900000000', extra }]));
    expect(performance.now() - begin).toBeLessThan(5000);
    for (const text of [masked, body]) expect(text).not.toMatch(/1{8}|(?:12){5}/);
  });

  it('what can not be read as text is withheld', () => {
    const base64 = Buffer.from('ÿ13900000000', 'latin1').toString('base64');
    expect(maskEntry({ rawEncoding: 'base64', raw: base64 })).toEqual({ rawEncoding: 'base64', raw: '' });
    expect(maskEntry({ rawEncoding: 'utf8', raw: '1\u00003\u00009\u0000' })).toMatchObject({ raw: '' });
  });
});
