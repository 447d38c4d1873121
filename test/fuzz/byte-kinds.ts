// A good body's text in, bytes that were damaged, encoded otherwise or packed out.
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Dice } from './dice.js';
import { strangeValue } from './hostile-values.js';

/** Damages a body. */
export type Damage = (dice: Dice, text: string) => Buffer;

const TOKEN = /"(?:[^"\\]|\\.)*"|[-+.\w]+|[[\]{},:]/g;

const truncated: Damage = (dice, text) => {
  const bytes = Buffer.from(text);
  return bytes.subarray(0, dice.below(bytes.length + 1));
};

const flippedBits: Damage = (dice, text) => {
  const bytes = Buffer.from(text);
  if (bytes.length === 0) return bytes;
  for (let count = dice.pick([1, 1, 2, 8]); count > 0; count -= 1) {
    const place = dice.below(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << dice.below(8));
  }
  return bytes;
};

/** Bytes taken away, put in, or there twice. */
const editedBytes: Damage = (dice, text) => {
  let bytes = Buffer.from(text);
  for (let count = dice.between(1, 4); count > 0; count -= 1) {
    const start = dice.below(bytes.length + 1);
    const end = Math.min(bytes.length, start + dice.pick([1, 1, 2, 10, 100]));
    const between = dice.pick([
      Buffer.alloc(0),
      dice.bytes(dice.between(1, 8)),
      Buffer.concat([bytes.subarray(start, end), bytes.subarray(start, end)]),
      Buffer.from(dice.pick(['\0', '"', '\\', ',', '[', '}', 'e', '\ufeff', '\u00a0', '-', '\\u'])),
    ]);
    bytes = Buffer.concat([bytes.subarray(0, start), between, bytes.subarray(end)]);
  }
  return bytes;
};

/** JSON tokens that change places, are doubled, left out, or become something else. */
const swappedTokens: Damage = (dice, text) => {
  const tokens = text.match(TOKEN) ?? [''];
  for (let count = dice.between(1, 3); count > 0; count -= 1) {
    const [one, other] = [dice.below(tokens.length), dice.below(tokens.length)];
    const [first = '', second = ''] = [tokens[one], tokens[other]];
    const way = dice.below(4);
    if (way === 0) [tokens[one], tokens[other]] = [second, first];
    else if (way === 1) tokens[one] = first + first;
    else tokens[one] = way === 2 ? '' : strangeValue(dice);
  }
  return Buffer.from(tokens.join(''));
};

const INVALID_UTF8 = [
  'ff',
  'c0af',
  'e08080',
  'f0808080',
  'eda080',
  'edb080',
  'f4908080',
  'f8888080',
  '80',
  'c3',
  'e282',
];

/** A text that is not in UTF-8, or has a mark that it is. */
const otherEncodings: Damage = (dice, text) => {
  const swapped = () => Buffer.from(text.slice(0, 4000), 'utf16le').swap16();
  const place = dice.below(text.length + 1);
  return dice.pick([
    () => Buffer.from(text, 'utf16le'),
    swapped,
    () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
    () => Buffer.concat([Buffer.from([0xfe, 0xff]), swapped()]),
    () => Buffer.from(text, 'latin1'),
    () => Buffer.from(`\ufeff${text}`),
    () => Buffer.from(`\ufeff\ufeff${text}`),
    () => Buffer.from(text.replaceAll('a', 'é'), 'latin1'),
    () =>
      Buffer.concat([
        Buffer.from(text.slice(0, place)),
        Buffer.from(dice.pick(INVALID_UTF8), 'hex'),
        Buffer.from(text.slice(place)),
      ]),
  ])();
};

const randomBytes: Damage = (dice) => dice.bytes(dice.below(400));

export const DAMAGES: Readonly<Record<string, Damage>> = {
  truncated,
  'flipped bits': flippedBits,
  'edited bytes': editedBytes,
  'swapped tokens': swappedTokens,
  'other encodings': otherEncodings,
  'random bytes': randomBytes,
};

/** A body as it is sent, and its Content-Encoding. */
export interface Encoded {
  readonly bytes: Buffer;
  readonly encoding?: string | undefined;
}

type Pack = (bytes: Buffer) => Buffer;
const gzip: Pack = (bytes) => gzipSync(bytes, { level: 1 });
const brotli: Pack = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

/** By the header that says so. */
const PACKERS: readonly (readonly [encoding: string, pack: Pack])[] = [
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['GZIP', gzip],
  ['deflate', (bytes) => deflateSync(bytes, { level: 1 })],
  ['deflate', (bytes) => deflateRawSync(bytes, { level: 1 })],
  ['Deflate', (bytes) => deflateRawSync(bytes, { level: 9 })],
  ['br', brotli],
  ['gzip, br', (bytes) => brotli(gzip(bytes))],
  ['gzip,identity , gzip', (bytes) => gzip(gzip(bytes))],
  ['identity', (bytes) => bytes],
];

/** Packed, well or badly. */
export function packed(dice: Dice, text: string): Encoded {
  const [encoding, pack] = dice.pick(PACKERS);
  const good = pack(Buffer.from(text));
  const bytes = dice.pick([
    () => good,
    () => good,
    () => good.subarray(0, dice.below(good.length)),
    () => pack(good),
    () => Buffer.from(text),
    () => Buffer.concat([good, dice.bytes(dice.between(1, 40))]),
    () => Buffer.concat([pack(Buffer.from(text.slice(0, 9))), pack(Buffer.from(text.slice(9)))]),
    () => damagedBits(dice, good),
    () => Buffer.concat([good, Buffer.from([0x1f, 0x8b])]),
    () => Buffer.alloc(0),
  ])();
  return { bytes, encoding };
}

function damagedBits(dice: Dice, bytes: Buffer): Buffer {
  const place = dice.below(bytes.length);
  const copy = Buffer.from(bytes);
  copy[place] = (copy[place] ?? 0) ^ (1 << dice.below(8));
  return copy;
}
