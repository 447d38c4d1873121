// A seed and an index in, a body that aims at time or memory out: nesting, keys, exponents, digits, blanks, escapes,
// and how well it packs.
import { gzipSync } from 'node:zlib';
import type { FuzzBody } from '../fuzz/bodies.js';
import { Dice } from '../fuzz/dice.js';

/** What a body is filled with, so many bytes of it. */
type Fill = (dice: Dice, bytes: number) => string;

const repeated =
  (units: readonly string[], around: readonly [string, string] = ['', '']): Fill =>
  (dice, bytes) => {
    const unit = dice.pick(units);
    return `${around[0]}${unit.repeat(Math.ceil(bytes / unit.length))}${around[1]}`;
  };

const listed =
  (element: (dice: Dice, index: number) => string, [open, close]: readonly [string, string]): Fill =>
  (dice, bytes) => {
    const elements: string[] = [];
    for (let length = 0; length < bytes;) {
      const next = element(dice, elements.length);
      elements.push(next);
      length += next.length + 1;
    }
    return open + elements.join(',') + close;
  };

const nested: Fill = (dice, bytes) => {
  const [open, close] = dice.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"":', '}]'],
    ['[1e1,', ']'],
  ] as const);
  const levels = Math.floor(bytes / (open.length + close.length));
  return `${open.repeat(levels)}0${close.repeat(levels)}`;
};

const MOST_OF_ONE_KEY = 500_000;

/** Each gives one JSON value. */
export const FILLS: Readonly<Record<string, Fill>> = {
  nesting: nested,
  keys: listed(
    (dice, index) =>
      `"${dice.pick(['k', 'callee', '\\u006b', '13900000'])}${index}":${dice.pick(['0', '""', '1e1', '{}'])}`,
    ['{', '}'],
  ),
  // Fewer than an object may have: `JSON.parse`, by which the answers are judged, makes one of them.
  'the same key': (dice, bytes) =>
    listed((one) => `"k":${one.pick(['0', '1e1', '[]'])}`, ['{', '}'])(
      dice,
      Math.min(bytes, MOST_OF_ONE_KEY),
    ),
  exponents: listed(
    (dice) => dice.pick(['1e1', '-1E+300', '1e-7', '12345678901234567890', '1.50', '-0']),
    ['[', ']'],
  ),
  digits: repeated(['1', '0', '12', '139000000'], ['1', '']),
  'digits behind a point': repeated(['0', '1', '01'], ['0.', '1']),
  'digits in a text': repeated(['1', '13900000001 ', '1-', '+86', '１', '1\\t', '(0)'], ['"', '"']),
  blanks: repeated([' ', '\t', '\n', '\r\n'], ['[1', ']']),
  'blanks in a text': repeated([' ', '\\n', '\u3000', '1 '], ['"', '"']),
  escapes: repeated(['\\u0031', '\\\\', '\\"', '\\ud83d\\ude00', '\\u0000', '\\ud800'], ['"', '"']),
  'escaped JSON': repeated(['\\"', '{\\"a\\":', '\\\\\\"'], ['"', '"']),
  'small values': listed((dice) => dice.pick(['0', '{}', '[]', '""', 'null']), ['[', ']']),
};

/** A body around such a value. */
export const placed: readonly ((fill: string, salt: string) => string)[] = [
  (fill, salt) => `[{"callId":"${salt}","x":${fill}}]`,
  (fill, salt) => `[{"callId":"${salt}","n":1e1,"callee":${fill}}]`,
  (fill, salt) => `[{"callId":"${salt}"},${fill}]`,
  (fill, salt) => `{"callId":"${salt}","duration":${fill}}`,
  (fill, salt) => `[{"callId":${fill},"salt":"${salt}"}]`,
  (fill) => fill,
  // Broken at its very end.
  (fill, salt) => `[{"callId":"${salt}","x":${fill}}`,
  (fill, salt) => `[{"callId":"${salt}","x":${fill},}]`,
];

const KILOBYTE = 1024;
/** Below PUSH_BODY_LIMIT with what stands around it. */
const LARGEST_KB = 31 * KILOBYTE;

/** @returns the same body at every call */
export function generatedAttack(seed: number, index: number): FuzzBody {
  const dice = new Dice(seed, index);
  const kind = dice.pick(Object.keys(FILLS));
  // Few are so large: of the bytes, half are theirs.
  const kilobytes = dice.chance(0.03) ? dice.between(2 * KILOBYTE, LARGEST_KB) : dice.between(1, KILOBYTE);
  const fill = FILLS[kind]?.(dice, kilobytes * KILOBYTE) ?? '';
  const bytes = Buffer.from(dice.pick(placed)(fill, `attack-${seed}-${index}`));
  const isPacked = dice.chance(0.7);
  return {
    index,
    kind,
    bytes: isPacked ? gzipSync(bytes, { level: 1 }) : bytes,
    headers: isPacked ? { 'content-encoding': 'gzip' } : {},
    isChunked: dice.chance(0.15),
  };
}
