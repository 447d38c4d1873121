// A seed and an index in, one body and how it is sent out.
import { gzipSync } from 'node:zlib';
import { TEXT_KINDS } from './body-kinds.js';
import { DAMAGES, type Encoded, packed } from './byte-kinds.js';
import { Dice } from './dice.js';
import { GIANTS } from './giants.js';

/** A body of the fuzz, ready to be sent. */
export interface FuzzBody {
  readonly index: number;
  readonly kind: string;
  /** As they are sent. */
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Without Content-Length. */
  readonly isChunked: boolean;
}

/** The short form has a giant of each kind; of 100,000 bodies, some two hundred are giants of one kind. */
const SHORT_FORM = 1500;
const GIANT_EVERY = { inShortForm: Math.floor(SHORT_FORM / Object.keys(GIANTS).length), later: 38 };
const SMALL_KINDS = [...Object.keys(TEXT_KINDS), ...Object.keys(DAMAGES), 'packed', 'unknown encoding'];
const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'nonsense',
  '',
];
const UNKNOWN_ENCODINGS = [
  'utf-8',
  'compress',
  'x',
  'constructor',
  'gzip, zstd',
  'gzip, br, br, deflate',
  '%00, "',
];

/** @returns whether the body of this index is so large that few of them may be under way at once */
export function isGiant(index: number): boolean {
  return giantKind(index) !== undefined;
}

function giantKind(index: number): string | undefined {
  const place = index / (index < SHORT_FORM ? GIANT_EVERY.inShortForm : GIANT_EVERY.later);
  const kinds = Object.keys(GIANTS);
  return Number.isInteger(place) ? kinds[place % kinds.length] : undefined;
}

/** @returns the same body at every call */
export function bodyOf(seed: number, index: number): FuzzBody {
  const dice = new Dice(seed, index);
  const giant = giantKind(index);
  const kind = giant ?? dice.pick(SMALL_KINDS);
  const { bytes, encoding } = giant === undefined ? small(kind, dice, index) : enormous(kind, dice, index);
  const type = dice.pick(CONTENT_TYPES);
  const headers = {
    ...(type !== '' && { 'content-type': type }),
    ...(encoding !== undefined && { 'content-encoding': encoding }),
  };
  return { index, kind, bytes, headers, isChunked: dice.chance(0.15) };
}

function enormous(kind: string, dice: Dice, index: number): Encoded {
  const { bytes, gzip = false } = entry(GIANTS, kind)(dice, index);
  return { bytes, encoding: gzip ? 'gzip' : undefined };
}

function small(kind: string, dice: Dice, index: number): Encoded {
  const textKind = TEXT_KINDS[kind];
  if (textKind !== undefined) {
    const bytes = Buffer.from(textKind(dice, index));
    return dice.chance(0.05) ? { bytes: gzipSync(bytes), encoding: 'gzip' } : { bytes };
  }
  const text = dice.pick(Object.values(TEXT_KINDS))(dice, index);
  if (kind === 'unknown encoding')
    return { bytes: Buffer.from(text), encoding: dice.pick(UNKNOWN_ENCODINGS) };
  if (kind === 'packed') return packed(dice, text);
  return { bytes: entry(DAMAGES, kind)(dice, text) };
}

function entry<T>(table: Readonly<Record<string, T>>, kind: string): T {
  const found = table[kind];
  if (found === undefined) throw new Error(`there is no kind ${kind}`);
  return found;
}
