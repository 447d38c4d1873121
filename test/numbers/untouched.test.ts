// What is no telephone number: neither masking nor any erasure changes it.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { eachCore, NumberSearch } from '../../src/numbers/number-search.js';
import { NONE } from '../../src/numbers/own-numbers.js';
import { maskJsonText } from '../../src/security/masking/json-text-mask.js';
import { maskText } from '../../src/security/masking/text-mask.js';
import { NEVER_NUMBERS } from './never-numbers.js';
import { SEED } from './written-numbers.js';

const RUNS = Number(process.env['NUMBERS_RUNS'] ?? 2000);

const padded = (least: number, most: number, length = 2) =>
  fc.integer({ min: least, max: most }).map((value) => String(value).padStart(length, '0'));
const dates = fc
  .tuple(padded(1990, 2039), padded(1, 12), padded(1, 28), fc.constantFrom('-', '/', '.'))
  .map(([year, month, day, between]) => [year, month, day].join(between));
const times = fc
  .tuple(padded(0, 23), padded(0, 59), padded(0, 59), fc.constantFrom('', '.5', '.123', '.123456', ',123'))
  .map(([hour, minute, second, fraction]) => `${hour}:${minute}:${second}${fraction}`);
const instants = fc
  .tuple(dates, fc.constantFrom(' ', 'T'), times, fc.constantFrom('', 'Z', '+08:00', '-0500'))
  .map(([date, between, time, zone]) => date.replaceAll('/', '-') + between + time + zone);
const compact = fc
  .tuple(padded(1990, 2039), padded(1, 12), padded(1, 28), padded(0, 23), padded(0, 59), padded(0, 59))
  .chain((parts) => fc.constantFrom(3, 5, 6).map((count) => parts.slice(0, count).join('')));
const epochs = fc
  .integer({ min: 1_400_000_000, max: 1_999_999_999 })
  .chain((seconds) => fc.constantFrom(String(seconds), `${seconds}123`, `${seconds}.123456`));
const hashes = fc
  .stringMatching(/^[0-9a-f]{32,128}$/)
  .filter((hash) => /[a-f]/.test(hash))
  .chain((hash) => fc.constantFrom(hash, hash.toUpperCase()));
const part = fc.integer({ min: 0, max: 255 }).map(String);
const addresses = fc.array(part, { minLength: 4, maxLength: 4 }).map((parts) => parts.join('.'));
const versions = fc
  .tuple(fc.integer({ max: 99, min: 0 }), fc.integer({ max: 99, min: 0 }), fc.integer({ max: 9, min: 0 }))
  .map((parts) => parts.join('.'));
const amounts = fc
  .integer({ min: 1000, max: 999_999_999 })
  .chain((value) => fc.constantFrom('', '.5', '.99').map((cents) => value.toLocaleString('en') + cents));
const fractions = fc
  .tuple(fc.integer({ min: -180, max: 180 }), padded(0, 99_999_999, 8))
  .map((ends) => ends.join('.'));
const ids = fc.stringMatching(/^[1-79][0-9]{16,18}$/);
const things: Readonly<Record<string, fc.Arbitrary<string>>> = {
  dates,
  times,
  instants,
  compact,
  epochs,
  uuids: fc.uuid(),
  hashes,
  addresses,
  versions,
  amounts,
  fractions,
  ids,
};

/** What has the digits of a mobile number is taken for one, though it may be an amount or a fraction: `139.12345678`. */
function isNoMobile(text: string): boolean {
  return /[a-z:]/i.test(text) || !/^(?:86)?1[3-9][0-9]{9}$/.test(text.replaceAll(/\D/g, ''));
}

function expectUntouched(text: string): void {
  const json = JSON.stringify([{ note: text, [text]: [JSON.stringify({ text })] }]);
  expect([text, maskText(text, NONE)]).toEqual([text, text]);
  expect(maskJsonText(json)).toBe(json);
  for (const whole of [`x ${text}`, json]) {
    const cores: string[] = [];
    const finding = eachCore(whole, (core) => cores.push(core));
    while (finding.next().done !== true);
    expect([whole, cores]).toEqual([whole, []]);
  }
  const digits = text.replaceAll(/\D/g, '');
  for (const length of [7, 10, 11, digits.length]) {
    const core = digits.replace(/^0+/, '').slice(0, length);
    if (core.length < 7 || core.length > 15) continue;
    const search = new NumberSearch(core);
    expect([text, search.erasedFrom(text), search.erasedFromBody(json)]).toEqual([text, text, json]);
  }
}

describe('No telephone number', () => {
  it.each(NEVER_NUMBERS)('is %j', (text) => {
    expectUntouched(text);
  });

  it.each(Object.entries(things))('is among %s', (_name, texts) => {
    const before = fc.constantFrom('', 'at ', '(', '"', ': ', '中');
    const after = fc.constantFrom('', ';', ')', '"', ' at', '中');
    fc.assert(
      fc.property(before, texts.filter(isNoMobile), after, (one, text, other) => {
        expectUntouched(one + text + other);
      }),
      { numRuns: Math.ceil(RUNS / 10), seed: SEED },
    );
  });
});
