// JSON values that readers and databases trip over, as JSON text.
import type { Dice } from './dice.js';

const PROTOTYPE_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'isPrototypeOf',
  'toJSON',
  'then',
  'length',
  '__defineGetter__',
  'isLosslessNumber',
];
const STRANGE_TEXTS = [
  '',
  '   ',
  '\\u0000',
  'a\\u0000b',
  '\\ud800',
  '\\udc00x',
  'x\\udbff',
  '\\udc00\\ud800',
  '\\ud83d\\ude00',
  '\\ufeff',
  '\\u2028\\u2029',
  '\\u202e13900000000',
  '\\uffff\\ufffe',
  '\\b\\f\\n\\r\\t\\"\\\\\\/',
  '用户🙂',
  "'; DROP TABLE calls; --",
  '{"callId":1}'.replaceAll('"', '\\"'),
  '\\\\u0000',
  'NULL',
  'NaN',
  '{1,2}',
  '\\\\x00',
];
const STRANGE_DATES = [
  '0000-00-00 00:00:00',
  '0001-01-01 00:00:00',
  '0001-01-01T00:00:00Z',
  '9999-12-31 23:59:59',
  '9999-12-31T23:59:59.999Z',
  '10000-01-01 00:00:00',
  '-0001-01-01 00:00:00',
  '1900-12-31 23:59:59',
  '1901-01-01 00:05:42',
  '1940-06-01 00:30:00',
  '1986-05-04 02:30:00',
  '1991-09-15 01:30:00',
  '2025-02-29 10:00:00',
  '2025-06-31 10:00:00',
  '2025-06-01 24:00:00',
  '2025-06-01 10:00:60',
  '2025-06-01T10:00:00',
  '2025-06-01T10:00:00+18:00',
  '2025-06-01T10:00:00-25:99',
  '2025-06-01 10:00:00.123456789',
  '２０２５-06-01 10:00:00',
  'infinity',
  '-infinity',
  'epoch',
  'now',
  '1748743185000',
  '0000000000000',
  '9999999999999',
];

export function strangeNumber(dice: Dice): string {
  const sign = dice.chance(0.3) ? '-' : '';
  const digits = dice.digits(dice.pick([1, 9, 15, 16, 17, 19, 20, 100, 400, 513, 2000]));
  const exponent = dice.pick(['1', '15', '30', '31', '308', '309', '400', '999999', '99999999999']);
  const number = dice.pick([
    digits,
    `${digits}.${digits}`,
    `${digits}e${exponent}`,
    `1E+${exponent}`,
    `1e-${exponent}`,
    `0.${'0'.repeat(dice.below(400))}1`,
    '0',
    '0e0',
    '0.0',
    '2147483647',
    '2147483648',
    '9007199254740993',
  ]);
  return sign + number;
}

export function strangeText(dice: Dice): string {
  const text = dice.pick(STRANGE_TEXTS);
  return `"${dice.chance(0.3) ? dice.pick(STRANGE_TEXTS) : ''}${text}"`;
}

export function strangeDate(dice: Dice): string {
  const date = dice.pick(STRANGE_DATES);
  return /^\d{13}$/.test(date) && /^[1-9]/.test(date) && dice.chance(0.5) ? date : `"${date}"`;
}

export function prototypeKey(dice: Dice): string {
  return `"${dice.pick(PROTOTYPE_KEYS)}"`;
}

/** An object or array that pretends to be something else, or hides a record. */
export function strangeObject(dice: Dice): string {
  const key = prototypeKey(dice);
  return dice.pick([
    '{}',
    '[]',
    '[null]',
    '{"":""}',
    `{${key}:${strangeNumber(dice)}}`,
    `{${key}:{"callId":"hidden"},"n":12345678901234567890}`,
    '{"isLosslessNumber":true,"value":"12","toString":1}',
    '{"constructor":{"prototype":{"callId":"polluted"}}}',
    `[${strangeText(dice)},{${key}:${strangeText(dice)}}]`,
  ]);
}

/** As deep as asked for, of arrays or of objects, whole or open at its end. */
export function nested(dice: Dice, depth: number, isClosed = true): string {
  const [open, close] = dice.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['[{"":', '}]'],
  ] as const);
  const times = Math.ceil(depth / (open.length > 5 || open.startsWith('[{') ? 2 : 1));
  return open.repeat(times) + strangeNumber(dice) + (isClosed ? close.repeat(times) : '');
}

export function longText(dice: Dice, length: number): string {
  const unit = dice.pick([
    'a',
    '用',
    '🙂',
    '\\u0000',
    '\\\\',
    '\\"',
    '\\ud800',
    ' 1234567890123456',
    '[',
    ' ',
  ]);
  return `"${unit.repeat(Math.ceil(length / unit.length))}"`;
}

/** Any JSON value at all. */
export function strangeValue(dice: Dice): string {
  const make = dice.pick([
    strangeNumber,
    strangeText,
    strangeDate,
    strangeObject,
    () => dice.pick(['true', 'false', 'null']),
    () => longText(dice, dice.pick([127, 128, 129, 511, 512, 513, 8191, 8193])),
    () => nested(dice, dice.pick([1, 99, 100, 101, 1000])),
  ]);
  return make(dice);
}
