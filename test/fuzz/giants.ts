// Bodies made to exhaust a reader: its stack, its memory, its time.
import { gzipSync } from 'node:zlib';
import type { Dice } from './dice.js';
import { longText, nested, strangeNumber, strangeValue } from './hostile-values.js';

/** A giant's bytes; `gzip` when they are packed. */
interface Giant {
  readonly bytes: Buffer;
  readonly gzip?: boolean;
}

/** The largest of each kind are so slow to write that only few of its bodies are. */
const LARGEST = 0.06;

type MakeGiant = (dice: Dice, index: number) => Giant;

const MEGABYTE = 1024 * 1024;
/** The service's PUSH_BODY_LIMIT. */
export const BODY_LIMIT = 32 * MEGABYTE;
const MILLION = 1_000_000;
/** Eight megabytes of blanks in 8 kB: a body may be many of these, one behind the other. */
const PACKED_BLANKS = gzipSync(Buffer.alloc(8 * MEGABYTE, ' '));

const text = (value: string): Giant => ({ bytes: Buffer.from(value) });

/** A record whose one field is such a value, known or not, with or without a long number beside it. */
function around(dice: Dice, index: number, value: string): string {
  const field = dice.pick(['deep', 'callee', 'duration', 'startTime', 'callId']);
  const beside = dice.pick(['', '"outId":12345678901234567890,', '"n":1e400,']);
  return `[{${field === 'callId' ? '' : `"callId":"giant-${index}",`}${beside}"${field}":${value}}]`;
}

function deep(depth: number): MakeGiant {
  return (dice, index) => {
    const isClosed = dice.chance(0.7);
    const value = nested(dice, depth, isClosed);
    if (dice.chance(0.3)) return text(value);
    const whole = around(dice, index, value);
    return text(isClosed ? whole : whole.slice(0, -2));
  };
}

function repeated(count: number, element: (place: number) => string): string {
  return Array.from({ length: count }, (_, place) => element(place)).join(',');
}

const millionElements: MakeGiant = (dice) => {
  const element = dice.chance(LARGEST)
    ? dice.pick(['{"callId":"one"}', '1234567890123456789'])
    : dice.pick(['1', '{}', '[]', '""', 'null', '1e400']);
  return text(`[${`${element},`.repeat(MILLION - 1)}${element}${dice.pick([']', ']', ']', ',]', ''])}`);
};

const millionValues: MakeGiant = (dice, index) => {
  const element = dice.chance(LARGEST)
    ? dice.pick(['"\\u0000"', '12345678901234567'])
    : dice.pick(['1', '{}']);
  return text(around(dice, index, `[${`${element},`.repeat(MILLION - 1)}${element}]`));
};

/** So many fields in one record, most of them such that no column can hold their values. */
const manyFields: MakeGiant = (dice, index) => {
  const value = dice.pick(['"\\u0000"', '"\\ud800"', '1e999', '1', '"x"', '12345678901234567']);
  const count = dice.chance(LARGEST) ? MILLION : dice.pick([9_999, 10_001, 20_000, 50_000]);
  return text(`[{"callId":"giant-${index}",${repeated(count, (place) => `"k${place}":${value}`)}}]`);
};

const manyRecords: MakeGiant = (dice) => {
  const count = dice.chance(LARGEST) ? 50_000 : dice.pick([1_000, 1_001, 2_000, 5_000]);
  const salt = dice.below(1000);
  const every = dice.pick([1, 2, count]);
  return text(
    `[${repeated(count, (place) =>
      place % every === 0 ? `{"callId":"many-${place}","duration":${salt}}` : `{"stray":${place}}`,
    )}]`,
  );
};

/** Records of one campaign whose clocks were thousands of years off: their sums are the largest there can be. */
const farTimes: MakeGiant = (dice) => {
  const [first, last] = ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'];
  const [from, to] = dice.chance(0.5) ? [first, last] : [last, first];
  const salt = dice.below(1000);
  return text(
    `[${repeated(
      dice.pick([50, 3000]),
      (place) =>
        `{"callId":"far-${salt}-${place}","taskId":"far","originateTime":"${from}","startTime":"${to}",` +
        '"duration":2147483647,"smartStatusCode":"ANSWERED"}',
    )}]`,
  );
};

const longTexts: MakeGiant = (dice, index) => {
  const value = longText(dice, dice.between(1, dice.chance(LARGEST) ? 31 : 3) * MEGABYTE);
  const whole = around(dice, index, value);
  const bytes = Buffer.from(whole);
  return { bytes: dice.chance(0.3) ? bytes.subarray(0, dice.below(bytes.length)) : bytes };
};

const tooLarge: MakeGiant = (dice) => ({
  bytes: Buffer.alloc(BODY_LIMIT + dice.pick([1, 1000, 2 * MEGABYTE]), dice.pick(['[', ' ', '"', '\0'])),
});

/** Unpacks to just more than the limit, or to sixteen gigabytes. */
const bomb: MakeGiant = (dice) => {
  const parts = Array.from({ length: dice.pick([4, 5, 100, 2000]) }, () => PACKED_BLANKS);
  return { bytes: Buffer.concat([gzipSync('['), ...parts, gzipSync(']')]), gzip: true };
};

/** Unpacks to as much as is allowed, or breaks before. */
const bombWithinLimit: MakeGiant = (dice, index) => {
  const bytes = Buffer.concat([
    gzipSync(dice.pick(['[', `[{"callId":"giant-${index}"},`, 'x'])),
    ...Array.from({ length: dice.chance(LARGEST) ? 3 : 1 }, () => PACKED_BLANKS),
    gzipSync(`${strangeValue(dice)}]`),
  ]);
  return { bytes: dice.chance(0.3) ? bytes.subarray(0, dice.below(bytes.length)) : bytes, gzip: true };
};

const longNumber: MakeGiant = (dice, index) => {
  const digits = (strangeNumber(dice).match(/\d/g) ?? ['7']).join('').replace(/^0+/, '7');
  return text(
    around(
      dice,
      index,
      digits.repeat(Math.ceil(((dice.chance(LARGEST) ? 20 : 0.1) * MEGABYTE) / digits.length)),
    ),
  );
};

export const GIANTS: Readonly<Record<string, MakeGiant>> = {
  '10,000 deep': deep(10_000),
  '100,000 deep': deep(100_000),
  '1,000,000 deep': deep(MILLION),
  'a million elements': millionElements,
  'a million values in a field': millionValues,
  'as many as a million fields': manyFields,
  'as many as 50,000 records': manyRecords,
  'times of ten thousand years': farTimes,
  'texts of as many as 31 MB': longTexts,
  'numbers of as many as 20 MB': longNumber,
  'larger than the limit': tooLarge,
  'gzip bomb': bomb,
  'gzip that unpacks to the limit': bombWithinLimit,
};
