// What is masked as a number is erased as that number, and nothing else is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { eachCore, ERASED, mayHold, NumberSearch } from '../../src/numbers/number-search.js';
import { NONE } from '../../src/numbers/own-numbers.js';
import { maskJsonText } from '../../src/security/masking/json-text-mask.js';
import { maskText } from '../../src/security/masking/text-mask.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { everySpelling, inAscii, SEED, writtenNumbers } from './written-numbers.js';

const RUNS = Number(process.env['NUMBERS_RUNS'] ?? 2000);
const SHARE_OF_SQL = 0.2;

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase('empty');
});
afterAll(() => database.drop());

/** Without digits, and without what could be taken for an exponent. */
const letters = fc
  .stringMatching(/^[a-df-zA-DF-Z"\\\n:;é中 ]{0,12}$/)
  .map((text) => text.replaceAll(/ +$/g, ''));
/** Whatever may look like a number, or not. */
const fragments = fc
  .array(
    fc.oneof(
      fc.stringMatching(/^[0-9]{1,13}$/),
      fc.constantFrom('+', '+86', '0086', '1.39e10', '2025-06-01', '10:05:45', '192.168.1.100', '1748742000'),
      fc.constantFrom(
        ' ',
        '-',
        '.',
        ', ',
        '/',
        '_',
        '(',
        ')',
        '\t',
        'x',
        '\n',
        ':',
        '\\u0031',
        '\\\\u00a0',
        '\\',
      ),
      writtenNumbers.map(({ text }) => text),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

function coresIn(text: string): Set<string> {
  const cores = new Set<string>();
  const finding = eachCore(text, (core) => cores.add(core));
  while (finding.next().done !== true);
  return cores;
}

/** As JSON within a string of JSON, and so on; with some characters as escapes. */
function escaped(text: string, depth: number, each: number): string {
  const escapes = Array.from({ length: text.length }, (_, at) =>
    each > 0 && at % each === 0
      ? `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
      : JSON.stringify(text.charAt(at)).slice(1, -1),
  );
  let result = escapes.join('');
  for (let level = 1; level < depth; level += 1) result = JSON.stringify(result).slice(1, -1);
  return result;
}

/** Whether PostgreSQL would look at each of these for the number, of each pair in one question. */
async function lookedAt(pairs: readonly (readonly [core: string, text: string])[]): Promise<boolean[]> {
  const patterns = pairs.map(([core]) => new NumberSearch(core).sqlPatterns);
  const rows = await database.query<{ found: boolean }>(
    `SELECT ${mayHold('t.text', 't.plain', 't.escaped')} AS found
      FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS t(text, plain, escaped, place) ORDER BY place`,
    [
      pairs.map(([, text]) => text),
      patterns.map(({ plain }) => plain),
      patterns.map(({ escaped: other }) => other),
    ],
  );
  return rows.map(({ found }) => found);
}

describe('A number, however it is written,', () => {
  it('is masked, erased, found late and looked at by PostgreSQL in each of the usual ways', async () => {
    const core = '13900000777';
    const search = new NumberSearch(core);
    const spellings = everySpelling(core);
    console.log(`${spellings.length} spellings of a number; seed of the drawn ones: ${SEED}`);
    const missed = spellings.filter((text) => {
      const shown = maskText(text, NONE);
      const isMasked = shown.includes('****') && inAscii(shown).replaceAll(/\D/g, '').length <= 8;
      const json = JSON.stringify({ [text]: [text] });
      const isGone = !search.erasedFromBody(json).includes(JSON.stringify(text).slice(1, -1));
      return !isMasked || !isGone || !search.isIn(text) || !coresIn(`x ${text}`).has(core);
    });
    expect(missed).toEqual([]);
    const found = await lookedAt(spellings.map((text) => [core, text] as const));
    expect(spellings.filter((_text, at) => found[at] !== true)).toEqual([]);
  });

  it('is masked, erased and found late, and nothing else is', () => {
    fc.assert(
      fc.property(letters, writtenNumbers, letters, (before, { core, text }, after) => {
        const whole = `${before}\n${text}\n${after}`;
        const search = new NumberSearch(core);
        expect([whole, search.erasedFrom(whole)]).toEqual([whole, `${before}\n${ERASED}\n${after}`]);
        expect([whole, coresIn(`x ${whole}`).has(core)]).toEqual([whole, true]);
        const masked = maskText(whole, NONE);
        expect(masked.startsWith(`${before}\n`) && masked.endsWith(`\n${after}`)).toBe(true);
        expect(masked).toContain('****');
        const shown = masked.slice(before.length + 1, masked.length - after.length - 1);
        expect([whole, inAscii(shown).replaceAll(/\D/g, '').length <= 7]).toEqual([whole, true]);
        expect(search.isIn(masked)).toBe(false);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('is so in JSON too, behind escapes at any depth, and what was JSON still is', () => {
    const depth = fc.integer({ min: 1, max: 4 });
    const each = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(
        writtenNumbers,
        depth,
        each,
        letters,
        ({ core, text, isScientific }, levels, every, other) => {
          // Nobody writes the digits of a JSON number as escapes.
          const json = `[{"a":"${escaped(text, levels, isScientific ? 0 : every)}","b":${JSON.stringify(other)},"n":[1,2.5,true]}]`;
          const search = new NumberSearch(core);
          const erased = search.erasedFromBody(json);
          const kept = { b: other, n: [1, 2.5, true] };
          expect([json, JSON.parse(erased)]).toEqual([json, [{ a: ERASED, ...kept }]]);
          expect(coresIn(json)).toContain(core);
          const masked = maskJsonText(json);
          expect([json, JSON.parse(masked)]).toEqual([
            json,
            [{ a: expect.stringContaining('****') as unknown, ...kept }],
          ]);
          expect(search.isInJson(masked)).toBe(false);
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('is looked at by PostgreSQL', async () => {
    const cases = fc.sample(
      fc.tuple(writtenNumbers, fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 })),
      { numRuns: Math.ceil(RUNS * SHARE_OF_SQL), seed: SEED },
    );
    const pairs = cases.map(
      ([{ core, text, isScientific }, depth, each]) =>
        [core, depth === 0 ? text : escaped(text, depth, isScientific ? 0 : each)] as const,
    );
    const found = await lookedAt(pairs);
    expect(pairs.filter((_pair, at) => found[at] !== true)).toEqual([]);
  });
});

describe('Of any text', () => {
  it('what is masked is erased, what is erased is found late, and what is found late is masked', () => {
    fc.assert(
      fc.property(fragments, (text) => {
        const cores = coresIn(`x ${text}`);
        for (const core of cores) {
          const search = new NumberSearch(core);
          expect([text, core, search.isIn(text)]).toEqual([text, core, true]);
          expect([text, core, search.isIn(search.erasedFrom(text))]).toEqual([text, core, false]);
        }
        const masked = maskText(text, NONE);
        expect([text, masked !== text]).toEqual([text, cores.size > 0]);
      }),
      { numRuns: RUNS, seed: SEED, examples: [['1.39e10+1.39e10']] },
    );
  });

  it('PostgreSQL looks at all that holds a number', async () => {
    const drawn = fc.sample(fragments, { numRuns: Math.ceil(RUNS * SHARE_OF_SQL), seed: SEED });
    // PostgreSQL does not see an exponent behind escaped digits, which nobody writes: `139\\u0030000777e3`.
    const texts = drawn.filter((text) => !(text.includes('\\u') && /[0-9][eE][+-]?[0-9]/.test(text)));
    const pairs = texts.flatMap((text) => [...coresIn(`x ${text}`)].map((core) => [core, text] as const));
    expect(pairs.length).toBeGreaterThan(100);
    const found = await lookedAt(pairs);
    expect(pairs.filter((_pair, at) => found[at] !== true)).toEqual([]);
  });
});
