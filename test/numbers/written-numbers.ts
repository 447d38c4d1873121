// Telephone numbers in all the ways in which they may be written. It knows nothing of how the service reads them.
import fc from 'fast-check';

export interface Written {
  /** Without prefixes. */
  readonly core: string;
  readonly text: string;
  /** Whether it has an exponent, as numbers of JSON may. */
  readonly isScientific: boolean;
}

/** What tests draw from is the same again with the seed that they print. */
export const SEED = Number(process.env['NUMBERS_SEED'] ?? Date.now() % 0x7fffffff);

const SEPARATORS = Array.from(
  ' \t./_,()[]{}-\u00a0\u3000\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\uff0e\uff0f\uff0c\u00b7\u30fb\u2022\u200b\u200d\u2060\ufeff',
);
/** With a dot or a comma alone, two or three groups may be a fraction, an amount or a version. */
const NOT_OF_FRACTIONS = SEPARATORS.filter((separator) => !'.,\uff0e\uff0c'.includes(separator));
const MARKED = ['+86', '0086', '+860'];
/** The ten digits of every script. */
const SCRIPTS = scripts();

const mobile = fc.stringMatching(/^1[3-9][0-9]{9}$/);
const landline = fc.stringMatching(/^(?:571|755|21|28)[2-8][0-9]{7}$/);
const foreign = fc.stringMatching(/^(?:49|44|7|1|852|65)[2-8][0-9]{7,10}$/);

export const writtenNumbers: fc.Arbitrary<Written> = fc.oneof(
  { weight: 5, arbitrary: writtenMobiles(mobile) },
  { weight: 3, arbitrary: writtenLandlines(landline) },
  writtenForeign(foreign),
  scientific(mobile),
);

/** @param cores Chinese mobile numbers */
export function writtenMobiles(cores: fc.Arbitrary<string>): fc.Arbitrary<Written> {
  return written(cores, ['', '0', '86', ...MARKED], SEPARATORS, 1);
}

/** @param cores Chinese landlines, without their 0 */
export function writtenLandlines(cores: fc.Arbitrary<string>): fc.Arbitrary<Written> {
  return fc.oneof(
    written(cores, MARKED, SEPARATORS, 2),
    written(cores, ['0'], SEPARATORS, 3),
    written(cores, ['', '86'], NOT_OF_FRACTIONS, 3),
  );
}

/** @param cores numbers of other countries, with the country code */
export function writtenForeign(cores: fc.Arbitrary<string>): fc.Arbitrary<Written> {
  return written(cores, ['+', '00'], SEPARATORS, 2);
}

/** @param least digits of each group; the last one has what is left */
function written(
  cores: fc.Arbitrary<string>,
  prefixes: readonly string[],
  separators: readonly string[],
  least: number,
): fc.Arbitrary<Written> {
  const gap = fc.array(fc.constantFrom(...separators), { maxLength: 3 }).map((all) => all.join(''));
  const gaps = fc.oneof(
    fc.array(gap, { minLength: 20, maxLength: 20 }),
    gap.map((one) => Array.from({ length: 20 }, () => one)),
  );
  const sizes = fc.array(fc.integer({ min: least, max: 5 }), { minLength: 20, maxLength: 20 });
  const script = fc.array(fc.constantFrom(...SCRIPTS), { minLength: 1, maxLength: 2 });
  return fc
    .tuple(cores, fc.constantFrom(...prefixes), gaps, sizes, fc.oneof(fc.constant(['0123456789']), script))
    .map(([core, prefix, between, lengths, used]) => {
      const plus = prefix.startsWith('+') ? '+' : '';
      const groups = cut(prefix.slice(plus.length) + core, lengths);
      const text = groups.map((group, at) => (at === 0 ? '' : String(between[at])) + inScripts(group, used));
      return { core, text: plus + text.join(''), isScientific: false };
    })
    .filter(({ text }) => !isSomethingElse(text));
}

/** `1.39e10` for cores that end with zeros, else with all digits. */
function scientific(cores: fc.Arbitrary<string>): fc.Arbitrary<Written> {
  const zeros = fc.integer({ min: 0, max: 7 });
  const dot = fc.integer({ min: 1, max: 4 });
  return fc
    .tuple(cores, zeros, dot, fc.constantFrom('e', 'E', 'e+', 'E+'))
    .map(([digits, none, place, e]) => {
      const core = digits.slice(0, digits.length - none) + '0'.repeat(none);
      const significant = digits.slice(0, Math.max(place + 1, digits.length - none));
      const text = `${significant.slice(0, place)}.${significant.slice(place)}${e}${core.length - place}`;
      return { core: significant.padEnd(core.length, '0'), text, isScientific: true };
    });
}

/** Dates, times, addresses and versions are no numbers, whatever digits they have. */
function isSomethingElse(text: string): boolean {
  const ascii = inAscii(text).replaceAll(/\p{Cf}/gu, '');
  const isDate = /\d{4}(\D)\d{1,2}\1\d{1,2}|\d{1,2}(\D)\d{1,2}\2(?:19|20)\d\d/.test(ascii);
  // `8621 20000101`
  const isCompactDate =
    /(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?(?!\d)/.test(ascii);
  return isDate || isCompactDate || /\d\.\d+\.\d/.test(ascii) || /(?<!\d)1[4-9]\d{8}(?!\d)/.test(ascii);
}

function cut(digits: string, lengths: readonly number[]): string[] {
  const groups: string[] = [];
  for (let at = 0, next = 0; at < digits.length; next += 1) {
    const length = lengths[next] ?? 5;
    const rest = digits.length - at - length;
    // A last group is no shorter than the others may be.
    const taken = rest > 0 && rest < Math.min(...lengths) ? digits.length - at : length;
    groups.push(digits.slice(at, at + taken));
    at += taken;
  }
  return groups;
}

function inScripts(digits: string, used: readonly string[]): string {
  return Array.from(digits, (digit, at) => Array.from(used[at % used.length] ?? '')[Number(digit)]).join('');
}

export function inAscii(text: string): string {
  return text.replaceAll(/\p{Nd}/gu, (digit) => {
    const script = SCRIPTS.find((one) => one.includes(digit)) ?? '';
    return String(Array.from(script).indexOf(digit));
  });
}

function scripts(): string[] {
  const all: string[] = [];
  for (let codePoint = 0; codePoint <= 0x1ffff; codePoint += 1) {
    if (codePoint >= 0xd800 && codePoint < 0xe000) continue;
    if (/\p{Nd}/u.test(String.fromCodePoint(codePoint))) all.push(String.fromCodePoint(codePoint));
  }
  return Array.from({ length: all.length / 10 }, (_, script) =>
    all.slice(script * 10, script * 10 + 10).join(''),
  );
}

/** A number of 3-4-4 digits in groups and in one piece, with each separator, prefix and script, and with exponents. */
export function everySpelling(core: string): string[] {
  const groups = [core.slice(0, 3), core.slice(3, 7), core.slice(7)];
  const parted = SEPARATORS.flatMap((one) => [one, ` ${one} `, one + one]).flatMap((between) =>
    ['', '+86', '0086'].map((prefix) => [prefix, ...groups].filter((part) => part !== '').join(between)),
  );
  const pieces = ['', '0', '86', '+86', '0086', '+860', '00860', '(+86)', '+86 (0)'].map(
    (prefix) => prefix + core,
  );
  const scripts = SCRIPTS.map((script) => inScripts(core, [script]));
  const mixed = [
    inScripts(core, SCRIPTS.slice(0, 3)),
    Array.from(core).join('\u200b'),
    Array.from(core).join('-'),
  ];
  const [first, rest] = [core.slice(0, 1), core.slice(1)];
  const scientific = [`${first}.${rest}e10`, `${first}.${rest}E+10`, `${core}e0`, `${core}.0`, `${core}0E-1`];
  return [...new Set([...pieces, ...scripts, ...mixed, ...scientific, ...parted])];
}
