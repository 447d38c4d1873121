// Small bodies: a push as the vendor sends it, spoilt in one way of many.
import type { Dice } from './dice.js';
import {
  longText,
  nested,
  prototypeKey,
  strangeDate,
  strangeNumber,
  strangeObject,
  strangeText,
  strangeValue,
} from './hostile-values.js';
import { INTEGER_FIELDS, KNOWN_FIELDS, type Member, TEXT_FIELDS, TIME_FIELDS } from './records.js';
import { body, callId, plainMembers, withMember, writeRecord } from './records.js';

/** Makes the text of a body that a JSON reader takes. */
export type TextKind = (dice: Dice, index: number) => string;

const WHITE_SPACE = ['', ' ', '\t', '\n', '\r\n', '    ', ' \n\t\r '];

/** Every known field in turn may hold what it never should. */
const wrongTypes: TextKind = (dice, index) =>
  body(dice, index, (members) => {
    let changed: readonly Member[] = members;
    for (let count = dice.between(1, 4); count > 0; count -= 1) {
      changed = withMember(dice, changed, [`"${dice.pick(KNOWN_FIELDS)}"`, strangeValue(dice)]);
    }
    return changed;
  });

const prototypeKeys: TextKind = (dice, index) =>
  body(dice, index, (members) => {
    const key = dice.chance(0.7) ? prototypeKey(dice) : `"${dice.pick(KNOWN_FIELDS)}"`;
    return withMember(dice, members, [key, dice.chance(0.5) ? strangeObject(dice) : strangeValue(dice)]);
  });

const hugeNumbers: TextKind = (dice, index) =>
  body(dice, index, (members) => {
    const field = dice.pick([...KNOWN_FIELDS, 'n', 'list']);
    const numbers = Array.from({ length: dice.between(1, 5) }, () => strangeNumber(dice));
    return withMember(dice, members, [
      `"${field}"`,
      dice.chance(0.7) ? strangeNumber(dice) : `[${numbers.join(',')}]`,
    ]);
  });

const strangeTexts: TextKind = (dice, index) =>
  body(dice, index, (members) => {
    const key = dice.chance(0.6) ? `"${dice.pick(['callId', ...TEXT_FIELDS])}"` : strangeText(dice);
    return withMember(dice, members, [key, strangeText(dice)]);
  });

const strangeDates: TextKind = (dice, index) =>
  body(dice, index, (members) => {
    let changed: readonly Member[] = members;
    for (const field of TIME_FIELDS)
      if (dice.chance(0.4)) changed = withMember(dice, changed, [`"${field}"`, strangeDate(dice)]);
    return changed;
  });

const longNumberIds: TextKind = (dice, index) =>
  body(dice, index, (members) => {
    const field = dice.pick(['callId', 'callId', 'outId', 'detailId', 'taskId', ...INTEGER_FIELDS]);
    return withMember(dice, members, [`"${field}"`, dice.digits(dice.between(1, 520))]);
  });

const duplicateKeys: TextKind = (dice, index) =>
  body(dice, index, (members) => {
    const again = dice.pick(members);
    const value = dice.chance(0.5) ? again[1] : strangeValue(dice);
    return dice.chance(0.5) ? [...members, [again[0], value]] : [[again[0], value], ...members];
  });

const longTexts: TextKind = (dice, index) =>
  body(dice, index, (members) => {
    const length = dice.pick([600, 9000, 70_000, 200_000]);
    return dice.chance(0.6)
      ? withMember(dice, members, [`"${dice.pick([...KNOWN_FIELDS, 'note'])}"`, longText(dice, length)])
      : withMember(dice, members, [longText(dice, length), strangeValue(dice)]);
  });

const deepExtras: TextKind = (dice, index) =>
  body(dice, index, (members) => {
    const depth = dice.pick([50, 99, 100, 101, 500, 3000, 8000]);
    return withMember(dice, members, [`"${dice.pick(['deep', 'callee', 'duration'])}"`, nested(dice, depth)]);
  });

const whiteSpace: TextKind = (dice, index) =>
  dice.pick(WHITE_SPACE) +
  body(dice, index).replace(/"(?:[^"\\]|\\.)*"|[[\]{},:]/g, (token) => token + dice.pick(WHITE_SPACE)) +
  dice.pick(WHITE_SPACE);

/** Nothing of the vendor's shape at all. */
const otherJson: TextKind = (dice) => {
  const value = strangeValue(dice);
  return dice.pick([
    value,
    `[${value}]`,
    `[[],${value},{}]`,
    `{"a":${value}}`,
    '[]',
    '{}',
    '',
    '  ',
    '[[[]]]',
  ]);
};

/** Calls and rejects in one push, some ids twice. */
const mixedRecords: TextKind = (dice, index) => {
  const elements = Array.from({ length: dice.between(1, 60) }, (_, place) => {
    if (dice.chance(0.2)) return strangeValue(dice);
    const id = dice.chance(0.2) ? strangeValue(dice) : callId(dice, index, dice.below(place + 1));
    return writeRecord(plainMembers(dice, id));
  });
  return `[${elements.join(',')}]`;
};

const asTheVendorSends: TextKind = (dice, index) => body(dice, index);

export const TEXT_KINDS: Readonly<Record<string, TextKind>> = {
  'as the vendor sends': asTheVendorSends,
  'wrong types': wrongTypes,
  'prototype keys': prototypeKeys,
  'huge numbers': hugeNumbers,
  'NUL and surrogates': strangeTexts,
  'strange dates': strangeDates,
  'numbers as ids': longNumberIds,
  'duplicate keys': duplicateKeys,
  'long texts and keys': longTexts,
  'deep extras': deepExtras,
  'white space': whiteSpace,
  'other JSON': otherJson,
  'mixed records': mixedRecords,
};
