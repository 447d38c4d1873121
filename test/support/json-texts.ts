// Texts, numbers and JSON texts for property tests: what a hostile or a careless sender may write.
import fc from 'fast-check';

/** Parts of which texts are made that have confused readers and writers of JSON before. */
const HOSTILE_PARTS = [
  '\0',
  '\0x',
  '\u00001',
  '\\',
  '\\u0000',
  '"',
  '"}],',
  '\ud800',
  '\udc00',
  '\u2028',
  '{"value":"1","isLosslessNumber":true}',
  'isLosslessNumber',
  '__proto__',
  '用户',
  '🙂',
  '\u001f',
  '\u007f',
  '12345678901234567890',
  '-0',
  '\t\n',
];

/** Any text, lone surrogates included. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...HOSTILE_PARTS), { maxLength: 4 }).map((parts) => parts.join('')),
);

const digits = (most: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: most });
const integer = fc.oneof(
  fc.constant('0'),
  digits(25).map((text) => text.replace(/^0+(?=\d)/, '')),
  fc.constantFrom('9007199254740993', '12345678901234567890'),
);
const exponent = fc
  .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.integer({ min: 0, max: 40 }))
  .map((parts) => parts.join(''));
const orNothing = (text: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), text);

/** A number in any of the ways in which JSON may write it. */
export const jsonNumber: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '-'),
    integer,
    orNothing(
      fc
        .tuple(fc.constantFrom('', '0', '000000'), digits(20), fc.constantFrom('', '0', '00'))
        .map((parts) => `.${parts.join('')}`),
    ),
    fc.oneof({ weight: 3, arbitrary: fc.constant('') }, exponent),
  )
  .map((parts) => parts.join(''));

const leaf = fc.oneof(
  jsonNumber,
  hostileText.map((text) => JSON.stringify(text)),
  fc.constantFrom('true', 'false', 'null'),
);
/** Not like an integer: objects have those before their other names, in whatever order they came. */
const name = hostileText.filter((text) => !/^\d+$/.test(text) && text !== '__proto__');

/** JSON as `JSON.stringify` spaces it, of a few levels. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }).map((elements) => `[${elements.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(name, tie('value')), { selector: ([key]) => key, maxLength: 4 })
      .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
  ),
})).value;

/** Characters that make other JSON of a JSON text, or none. */
const MUTATIONS = [
  ...'"\\{}[],:01-+.eEtu \t\n',
  '\\u00',
  'null',
  '\u0001',
  '\u00a0',
  '\ufeff',
  '\ud800',
  '用',
];
interface Change {
  readonly place: number;
  readonly removed: number;
  readonly put: string;
}
const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(),
  removed: fc.constantFrom(0, 0, 1, 2, 1000),
  put: fc.constantFrom('', ...MUTATIONS),
});

/** JSON, also with blanks, and JSON with some characters changed, which mostly is none. */
export const mutatedJson: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(jsonText, fc.tuple(fc.json({ maxDepth: 3 }), fc.constantFrom(1, '\r\n\t')).map(indented)),
    fc.array(change, { maxLength: 2 }),
  )
  .map(([json, changes]) =>
    changes.reduce((text, { place, removed, put }) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + put + text.slice(at + removed);
    }, json),
  );

function indented([json, indent]: readonly [string, string | number]): string {
  return JSON.stringify(JSON.parse(json), undefined, indent);
}

/** What `JSON.parse` makes of a text; undefined when that is no JSON. */
export function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
